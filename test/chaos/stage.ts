/** Where a round is played: a GitRepository of each policy in a namespace of its own, and what is known of them. */
import type { ServedRepository } from "../../src/local/git-server";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually } from "../../src/local/eventually";
import { bookObject, createBook, textOf, type Book, type Policy } from "./book";
import type { Surroundings } from "./surroundings";

export const repositoryApi = "nopea.false.systems/v1alpha1";

export interface GitRepositoryObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly lastSyncedCommit?: string;
    readonly driftCount?: number;
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  };
}

export interface App {
  readonly namespace: string;
  readonly ref: ObjectRef;
  readonly repository: ServedRepository;
  readonly book: Book;
  policy: Policy;
  head: string;
  readonly resource: () => Promise<GitRepositoryObject>;
}

const specs: Readonly<Record<Policy, object>> = {
  auto: { healPolicy: "auto" },
  manual: { healPolicy: "manual" },
  grace: { healPolicy: "auto", healGracePeriod: "6h" },
  short: { healPolicy: "auto", healGracePeriod: "3s" },
};

const MAPS = 5;

/** Creates it and waits until its first commit is in. */
export async function createApp(
  { admin, git }: Surroundings,
  { namespace, policy }: { namespace: string; policy: Policy },
): Promise<App> {
  await admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await admin.create({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { namespace, name: "sre" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "sre" }],
  });
  const repository = await git.create(namespace);
  const names = Array.from({ length: MAPS }, (_, index) => `map-${index}`);
  const objects = [
    ...names.map(name => bookObject("ConfigMap", { namespace, name })),
    bookObject("Deployment", { namespace, name: "api" }),
  ];
  const files = Object.fromEntries(objects.map(object => [`${object.name}.yaml`, textOf(object)]));
  const head = await repository.commit(files);
  const ref = { apiVersion: repositoryApi, kind: "GitRepository", namespace, name: "app" };
  await admin.create({
    apiVersion: repositoryApi,
    kind: "GitRepository",
    metadata: { namespace, name: "app" },
    spec: { url: repository.url, interval: "2s", timeout: "60s", ...specs[policy] },
  });
  const resource = () => admin.get<GitRepositoryObject>(ref);
  const app = { namespace, ref, repository, book: createBook(objects), policy, head, resource };
  await eventually(() => isIn(app), 180_000, 200);
  return app;
}

/** Whether Git's newest commit is in. */
export async function isIn({ resource, head }: App): Promise<boolean> {
  const { status = {} } = await resource();
  if (status.phase === "Synced" && status.lastSyncedCommit === head) return true;
  throw new Error(`${head} is not in: ${JSON.stringify(status)}`);
}

/** What a spec of this policy says. */
export const specOf = (policy: Policy): object => ({ healGracePeriod: null, ...specs[policy] });
