/** People with client certificates and rights of their own, at work with kubectl. */
import type { Access } from "../../src/local/access";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually, type KubectlResult } from "./cluster";
import type { App, AppOptions, World } from "./world";

/** How kubectl ended, as whoever typed it sees it. */
export interface Answer extends KubectlResult {
  /** Without the word "Warning". */
  readonly warnings: readonly string[];
  readonly ms: number;
}

export interface TypingOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Person {
  readonly name: string;
  readonly access: Access;
  /** kubectl in a namespace, whatever comes of it. */
  tries(
    { namespace }: Pick<App, "namespace">,
    args: readonly string[],
    options?: TypingOptions,
  ): Promise<Answer>;
  /** The same; anything but success is an error. */
  types(
    { namespace }: Pick<App, "namespace">,
    args: readonly string[],
    options?: TypingOptions,
  ): Promise<Answer>;
}

export interface People {
  /** Of group sre. */
  readonly larry: Person;
  /** Of group dev. */
  readonly ann: Person;
  person(name: string, groups: readonly string[]): Person;
  /** A program with a service account of that namespace. */
  account(namespace: string, name: string): Promise<Person>;
  /** An app that is in, whose objects sre, dev and service accounts may edit, and whose edits are seen. */
  app(options: AppOptions & { readonly watches: Readonly<Record<string, string>> }): Promise<App>;
}

/** What kubectl says where the object has changed between its read and its write. */
const OUTRUN = "the object has been modified; please apply your changes";

/** Types it again where a controller was faster, as kubectl asks for. */
export async function retype<A extends { readonly stderr: string }>(
  type: () => Promise<A>,
): Promise<A> {
  let answer = await type();
  for (let more = 5; more > 0 && answer.stderr.includes(OUTRUN); more--) answer = await type();
  return answer;
}

/** The people of one test file. */
export function usePeople(world: World): People {
  const { cluster } = world;
  const person = (name: string, access: Access): Person => {
    const tries: Person["tries"] = async ({ namespace }, args, options = {}) => {
      const began = performance.now();
      const result = await cluster.kubectl(["-n", namespace, ...args], { ...options, access });
      return answerOf(result, performance.now() - began);
    };
    return {
      name,
      access,
      tries,
      types: async (app, args, options) => {
        const answer = await retype(() => tries(app, args, options));
        if (answer.code === 0) return answer;
        throw new Error(`kubectl ${args.join(" ")}: ${answer.stderr}`);
      },
    };
  };
  const certified = (name: string, groups: readonly string[]) =>
    person(name, cluster.accessFor(name, groups));
  const larry = certified("larry", ["sre"]);
  return {
    larry,
    ann: certified("ann", ["dev"]),
    person: certified,
    account: async (namespace, name) => {
      const metadata = { namespace, name };
      await cluster.admin.create({ apiVersion: "v1", kind: "ServiceAccount", metadata });
      const { url, ca } = cluster.adminAccess;
      const token = await cluster.tokenFor(namespace, name);
      return person(`system:serviceaccount:${namespace}:${name}`, { url, ca, token });
    },
    app: async ({ watches, ...options }) => {
      const namespace = options.namespace ?? (await cluster.createNamespace("people"));
      await grant(world, namespace);
      const app = await world.app({ ...options, namespace });
      await app.synced(app.commit, 60_000);
      await untilSeen(world, app, { watches, larry });
      return app;
    },
  };
}

function answerOf(result: KubectlResult, ms: number): Answer {
  const start = "Warning: ";
  const lines = result.stderr.split("\n").filter(line => line.startsWith(start));
  return { ...result, ms, warnings: lines.map(line => line.slice(start.length)) };
}

const rbac = "rbac.authorization.k8s.io";

/** What people of a team have: `edit`, and the objects that it does not know of. */
async function grant({ cluster: { admin } }: World, namespace: string): Promise<void> {
  const kinds = [`Group:sre`, `Group:dev`, `Group:system:serviceaccounts:${namespace}`];
  const subjects = kinds.map(text => {
    const at = text.indexOf(":");
    return { apiGroup: rbac, kind: text.slice(0, at), name: text.slice(at + 1) };
  });
  const role = { apiGroup: rbac, kind: "ClusterRole", name: "edit" };
  const more = { apiGroup: rbac, kind: "Role", name: "more" };
  const rules = [
    { apiGroups: ["nopea.false.systems"], resources: ["*"], verbs: ["*"] },
    { apiGroups: ["people.example"], resources: ["*"], verbs: ["*"] },
  ];
  const of = (kind: string, name: string) => ({
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { namespace, name },
  });
  await admin.create({ ...of("Role", "more"), rules });
  await admin.create({ ...of("RoleBinding", "edit"), roleRef: role, subjects });
  await admin.create({ ...of("RoleBinding", "more"), roleRef: more, subjects });
}

interface Seen {
  /** One object of each kind: resource as kubectl takes it → name. */
  readonly watches: Readonly<Record<string, string>>;
  readonly larry: Person;
}

/** Hooks follow within seconds of the first sync: until a dry run is answered with a word of nopea's. */
async function untilSeen(
  { cluster: { admin } }: World,
  app: App,
  { watches, larry }: Seen,
): Promise<void> {
  for (const [resource, name] of Object.entries(watches)) {
    const attempt = ["label", resource, name, "nopea.io/repository=x", "--overwrite"];
    await eventually(async () => {
      const { warnings, stderr } = await larry.tries(app, [...attempt, "--dry-run=server"]);
      if (warnings.some(line => line.includes("nopea.io labels"))) return true;
      throw new Error(`the hook does not see ${resource}/${name}: ${stderr}`);
    }, 60_000);
    await eventually(async () => {
      const found = await admin.get<Configuration>(witness);
      return found.webhooks.some(hook =>
        hook.rules.some(rule => rule.resources.includes(resource.split(".")[0] ?? "")),
      );
    }, 60_000);
  }
}

const witness: ObjectRef = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  name: "nopea-witness",
};

interface Configuration extends KubeObject {
  readonly webhooks: readonly {
    readonly rules: readonly { readonly resources: readonly string[] }[];
  }[];
}
