/** A cluster for the contract suite, and how its objects are wanted. */
import { sha256 } from "../../src/adapters/sha256";
import { declaredKinds } from "../../src/core/sync/declared-kinds";
import { locate } from "../../src/core/sync/locate";
import type { RepositoryId, RepositoryStatus } from "../../src/model/git-repository";
import { kindId, type Desired, type Manifest } from "../../src/model/manifest";
import type { StepOutcome } from "../../src/model/outcome";
import type { OwnerMarks } from "../../src/model/ownership";
import type { Plan } from "../../src/model/plan";
import type { Cluster } from "../../src/ports";

/** An object as people name it. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A cluster, and the hands of people who work on it beside nopea. */
export interface ClusterWorld {
  readonly cluster: Cluster;
  createNamespace(): Promise<string>;
  /** Unforced server-side apply by somebody else. */
  apply(manifest: Manifest, manager: string): Promise<void>;
  read(ref: Ref): Promise<Readonly<Record<string, unknown>> | undefined>;
  delete(ref: Ref): Promise<void>;
  /** Deletes it in such a way that it stays, with a deletionTimestamp. */
  terminate(ref: Ref): Promise<void>;
  createRepository(namespace: string, name: string): Promise<RepositoryId>;
  deleteRepository(id: RepositoryId): Promise<void>;
  statusOf(id: RepositoryId): Promise<RepositoryStatus>;
  close(): Promise<void>;
}

/** Manifests as a sync would want them. */
export async function wantAll(
  cluster: Cluster,
  manifests: readonly Manifest[],
  marks: OwnerMarks,
): Promise<readonly Desired[]> {
  const declared = manifests.map(manifest => ({ manifest, source: { file: "a.yaml", line: 1 } }));
  const own = declaredKinds(declared).map(kind => [kindId(kind), kind] as const);
  const { served, unavailable } = await cluster.kinds(manifests, new AbortController().signal);
  const kinds = new Map([...own, ...served]);
  const located = locate(declared, { marks, kinds, unavailable, sha256 });
  if (located.unknown.length > 0) throw new Error("the cluster does not serve all of this");
  return located.desired;
}

/** Carries out a plan; its outcomes in the order of its steps. */
export async function carryOut(
  cluster: Cluster,
  plan: Plan,
  signal = new AbortController().signal,
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  await cluster.execute(plan, outcome => outcomes.push(outcome), signal);
  const order = plan.stages.flat().map(({ desired }) => desired);
  return outcomes.sort((a, b) => order.indexOf(a.desired) - order.indexOf(b.desired));
}

/** The first of what must not be empty. */
export function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("nothing there");
  return item;
}
