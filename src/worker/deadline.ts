/** Ends an attempt that takes too long. */
import { NopeaError } from "../model/errors";
import type { RepositorySpec } from "../model/git-repository";
import type { Clock } from "../ports";

/** Returns the function that lifts it: the attempt has ended in time. */
export function setDeadline(
  clock: Clock,
  { timeoutMs }: RepositorySpec,
  attempt: AbortController,
): () => void {
  const ended = new AbortController();
  const tooLong = new NopeaError(
    "sync-timeout",
    `the sync did not end within ${timeoutMs / 1000}s`,
  );
  clock.sleep(timeoutMs, ended.signal).then(
    () => attempt.abort(tooLong),
    // a rejection only says that the attempt ended in time
    () => undefined,
  );
  return () => ended.abort();
}
