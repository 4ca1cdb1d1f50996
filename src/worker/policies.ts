/** What the admission process knows of GitRepositories: whose an object is, and what becomes of edits of it. */
import type { Managing } from "../core/evidence/knowing";
import { parseRepository } from "../core/repository/parse-repository";
import { LABEL_REPOSITORY, LABEL_REPOSITORY_NAMESPACE } from "../model/annotations";
import type { RawRepository, Repository, RepositoryId } from "../model/git-repository";
import { ownerMarks, type Sha256 } from "../model/ownership";

export interface Known {
  readonly id: RepositoryId;
  /** Undefined: its spec cannot be read, and nothing is done by it. */
  readonly managing: Managing | undefined;
}

export interface Policies {
  replace(raws: readonly RawRepository[]): void;
  upsert(raw: RawRepository): void;
  remove(raw: RawRepository): void;
  /** By the labels of an object; undefined: there is no such repository, or it is not known yet. */
  of(labels: Readonly<Record<string, string>>): Known | undefined;
}

/** Told as a watch tells. */
export function createPolicies(sha256: Sha256): Policies {
  const known = new Map<string, Known>();
  const keyFor = ({ id }: Repository) => keyOf(ownerMarks(id, sha256).labels);
  const upsert = (raw: RawRepository) => {
    const repository = parseRepository(raw);
    if (repository === undefined) return;
    known.set(keyFor(repository), { id: repository.id, managing: managingOf(repository) });
  };
  return {
    replace(raws) {
      known.clear();
      raws.forEach(upsert);
    },
    upsert,
    remove(raw) {
      const repository = parseRepository(raw);
      if (repository !== undefined) known.delete(keyFor(repository));
    },
    of: labels => known.get(keyOf(labels)),
  };
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return `${labels[LABEL_REPOSITORY_NAMESPACE] ?? ""}/${labels[LABEL_REPOSITORY] ?? ""}`;
}

function managingOf({ id, parsed }: Repository): Managing | undefined {
  if (!parsed.ok) return undefined;
  const { healPolicy, healGracePeriodMs, conflictPolicy, suspend } = parsed.spec;
  const grace = healGracePeriodMs === undefined ? {} : { graceMs: healGracePeriodMs };
  const { namespace, name } = id;
  return { namespace, name, healPolicy, conflictPolicy, suspended: suspend, ...grace };
}
