/** Everything that the files declare, in its place in this cluster. */
import { createDiscovery } from "../../adapters/kube/discovery";
import { sha256 } from "../../adapters/sha256";
import { declaredKinds } from "../../core/sync/declared-kinds";
import { locate, type Located } from "../../core/sync/locate";
import type { RepositoryStatus } from "../../model/git-repository";
import { kindId, typeOfId, type Declared, type KindInfo } from "../../model/manifest";
import type { OwnerMarks } from "../../model/ownership";
import type { Context } from "../context";
import { refuse } from "../render/declared";

export interface Placed extends Pick<Located, "desired" | "unknown"> {
  /** By kindId: what the API server serves now. */
  readonly served: ReadonlyMap<string, KindInfo>;
  /** Kinds that the repository had objects of, as far as they are still served. */
  readonly before: readonly KindInfo[];
}

export interface Placing {
  readonly declared: readonly Declared[];
  readonly marks: OwnerMarks;
  readonly targetNamespace: string | undefined;
  readonly status: RepositoryStatus;
}

/** Rejects with a CommandError for what is declared twice. */
export async function locateDeclared(
  { kube, signal }: Context,
  { declared, marks, targetNamespace, status }: Placing,
): Promise<Placed> {
  const known = (status.resources?.kinds ?? []).map(typeOfId);
  const wanted = [...declared.map(({ manifest }) => manifest), ...known];
  const { served, unavailable } = await createDiscovery(kube).find(wanted, signal);
  const coming = declaredKinds(declared).map(kind => [kindId(kind), kind] as const);
  const kinds = new Map([...coming, ...served]);
  const located = locate(declared, { marks, targetNamespace, kinds, unavailable, sha256 });
  refuse(located.problems);
  const before = known.flatMap(type => served.get(kindId(type)) ?? []);
  return { desired: located.desired, unknown: located.unknown, served, before };
}
