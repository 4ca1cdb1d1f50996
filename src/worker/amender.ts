/** What nopea takes off a GitRepository in passing: nobody waits for it, and where it fails, the next occasion comes. */
import { nameOf, type Repository, type RepositorySpec } from "../model/git-repository";
import type { Report } from "../model/report";
import type { World } from "../ports";
import type { Pruner } from "./pruner";

export interface Amender {
  /** A finalizer that is not wanted any more would keep the GitRepository from going. */
  dropFinalizer(repository: Repository, spec: RepositorySpec): void;
  /** What somebody confirmed is done: it must not confirm what the same commit would orphan one day. */
  endConfirmation(
    repository: Repository,
    report: Report,
    pruner: Pick<Pruner, "left" | "hasServed">,
  ): void;
}

/** `life` ends the requests. */
export function createAmender({ cluster, log }: World, life: AbortSignal): Amender {
  const inPassing = ({ id }: Repository, work: Promise<void>) => {
    const failed = (error: unknown) => {
      const repository = nameOf(id);
      if (!life.aborted)
        log.warn({ repository, error: String(error) }, "GitRepository not amended");
    };
    void work.catch(failed);
  };
  return {
    dropFinalizer(repository, spec) {
      const isUnwanted = repository.isFinalized && spec.deletionPolicy === "Retain";
      if (isUnwanted) inPassing(repository, cluster.setFinalizer(repository.id, false, life));
    },
    endConfirmation(repository, { commit, looked, unpruned }, pruner) {
      const { id, confirmPrune } = repository;
      const isOpen = unpruned.length > 0 || pruner.left().length > 0;
      if (confirmPrune === undefined || !looked || isOpen) return;
      const hasServed = confirmPrune === commit || pruner.hasServed(confirmPrune);
      if (hasServed) inPassing(repository, cluster.takeConfirmation(id, confirmPrune, life));
    },
  };
}
