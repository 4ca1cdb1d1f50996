/** Where a repository is read, and as whom: asked anew for each attempt, so that a rotated Secret counts at once. */
import type { GitRemote, RepositoryId, RepositorySpec } from "../model/git-repository";
import type { World } from "../ports";

/** The Secret is one of the GitRepository's own namespace, whatever its name. Rejects as Secrets does. */
export async function remoteOf(
  { secrets }: Pick<World, "secrets">,
  { namespace }: RepositoryId,
  { url, branch, path, secretName }: RepositorySpec,
  signal: AbortSignal,
): Promise<GitRemote> {
  const location = { url, branch, path };
  if (secretName === undefined) return location;
  return { ...location, credentials: await secrets.gitCredentials(namespace, secretName, signal) };
}
