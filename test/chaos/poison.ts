/** Repositories that hold or do what they must not, beside those of the script. */
import type { Files } from "../../src/local/git-fast-import";
import type { Behaviour } from "../../src/local/git-server";
import { eventually } from "../../src/local/eventually";
import type { KubeObject } from "../../src/local/kube-types";
import { repositoryApi, type GitRepositoryObject } from "./stage";
import type { Surroundings } from "./surroundings";

interface Poison {
  readonly name: string;
  readonly text: string;
  readonly behaviour?: Behaviour;
}

const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n";

const poisons: readonly Poison[] = [
  { name: "list", text: "- a\n- b\n" },
  { name: "alias-bomb", text: map + aliasBomb() },
  { name: "long-line", text: `${map}data: {a: ${"y".repeat(5_000_000)}}\n` },
  { name: "deep-nest", text: `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n` },
  { name: "no-such-kind", text: "{apiVersion: none.invalid/v1, kind: None, metadata: {name: p}}" },
  { name: "hung", text: map, behaviour: { hang: true } },
  { name: "garbage", text: map, behaviour: { garbage: true } },
];

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const of = level === 0 ? "x" : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 12 }, () => of).join(", ")}]`;
  });
  return `${levels.join("\n")}\n`;
}

/** Brings all of them in, waits until each is known to have failed, and takes them away again. */
export async function poison(surroundings: Surroundings, namespace: string): Promise<string> {
  const { admin } = surroundings;
  const at: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  await admin.create(at);
  await Promise.all(poisons.map(one => bring(surroundings, namespace, one)));
  await eventually(() => allFailed(surroundings, namespace), 120_000, 500);
  const refs = poisons.map(({ name }) => refOf(namespace, name));
  await Promise.all(refs.map(ref => admin.delete(ref)));
  await admin.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
  return `${poisons.length} poisons, all refused`;
}

const refOf = (namespace: string, name: string) => ({
  apiVersion: repositoryApi,
  kind: "GitRepository",
  namespace,
  name,
});

async function bring(
  { admin, git }: Surroundings,
  namespace: string,
  { name, text, behaviour = {} }: Poison,
): Promise<void> {
  const repository = await git.create(`${namespace}/${name}`);
  const files: Files = { "p.yaml": text };
  await repository.commit(files);
  git.behave(`${namespace}/${name}`, behaviour);
  const { url } = repository;
  const { apiVersion, kind } = refOf(namespace, name);
  const spec = { url, interval: "2s", timeout: "5s" };
  await admin.create({ apiVersion, kind, metadata: { namespace, name }, spec });
}

async function allFailed({ admin }: Surroundings, namespace: string): Promise<boolean> {
  const found = await admin.list<GitRepositoryObject>(repositoryApi, "GitRepository", {
    namespace,
  });
  const others = found.filter(({ status }) => status?.phase !== "Failed");
  if (others.length === 0) return true;
  const told = others.map(({ metadata, status }) => `${metadata.name}: ${status?.phase ?? ""}`);
  throw new Error(`not failed: ${told.join(", ")}`);
}
