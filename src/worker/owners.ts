/** Finds out which of the repositories that claim an object still exist. */
import { otherOwners } from "../core/sync/classify";
import type { Live } from "../model/live";
import {
  managingRepository,
  ownerMarks,
  type OwnerMarks,
  type RepositoryName,
} from "../model/ownership";
import { LABEL_REPOSITORY, LABEL_REPOSITORY_NAMESPACE } from "../model/annotations";
import type { World } from "../ports";

export type Exists = (repository: RepositoryName) => boolean;

/** Asks once for each namespace that a claim names; without claims, nothing is asked. */
export async function findOwners(
  { cluster, sha256 }: Pick<World, "cluster" | "sha256">,
  claims: readonly RepositoryName[],
  signal: AbortSignal,
): Promise<Exists> {
  const namespaces = [...new Set(claims.map(({ namespace }) => namespace))].filter(
    name => name !== "",
  );
  const existing = new Set<string>();
  await Promise.all(
    namespaces.map(async namespace => {
      for (const name of await cluster.repositories(namespace, signal)) {
        const { labels, fieldManager } = ownerMarks({ namespace, name }, sha256);
        // long names stand cut and hashed in labels and field managers, and not in the same way
        const managing = managingRepository(fieldManager)?.name ?? name;
        existing.add(`${namespace}/${name}`);
        existing.add(`${namespace}/${managing}`);
        existing.add(`${labels[LABEL_REPOSITORY_NAMESPACE]}/${labels[LABEL_REPOSITORY]}`);
      }
    }),
  );
  return ({ namespace, name }) => existing.has(`${namespace}/${name}`);
}

/** Every repository but this one that a live object, or a contested field, names. */
export function claimsOf(
  lives: readonly Live[],
  contestedBy: readonly string[],
  marks: OwnerMarks,
): readonly RepositoryName[] {
  return [
    ...lives.flatMap(live => otherOwners(live, marks)),
    ...contestedBy.flatMap(manager => managingRepository(manager) ?? []),
  ];
}
