/** GitRepositories: judged at admission, handed over to whoever works on them. */
import { Capability } from "pepr";
import { review } from "../src/core/repository/review";
import type { RawRepository } from "../src/model/git-repository";
import { GitRepository } from "./kinds";

export interface RepositoryInbox {
  /** Both return at once: Pepr waits for its callbacks one after the other. */
  upsert(raw: RawRepository): void;
  remove(raw: RawRepository): void;
}

const UNPROCESSABLE = 422;

/** The capability; in the build and in the admission process the inbox is never called. */
export function createRepositories(inbox: RepositoryInbox): Capability {
  const capability = new Capability({
    name: "repositories",
    description: "Keeps the cluster equal to the Git repositories that GitRepository objects name",
  });
  const { When } = capability;

  When(GitRepository)
    .IsCreatedOrUpdated()
    .Validate(function validate(request) {
      const before: RawRepository | undefined = request.OldResource;
      const { allowed, message, warnings } = review(request.Raw.spec, before?.spec);
      return allowed ? request.Approve([...warnings]) : request.Deny(message, UNPROCESSABLE);
    })
    .Reconcile(function handOver(repository) {
      inbox.upsert(repository);
    });

  When(GitRepository)
    .IsDeleted()
    .Watch(function letGo(repository) {
      inbox.remove(repository);
    });

  return capability;
}
