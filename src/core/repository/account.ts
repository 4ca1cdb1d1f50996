/** Decides as whom the objects of a repository are written. */
import type { Account } from "../../model/account";
import type { RepositoryId, RepositorySpec } from "../../model/git-repository";
import type { Settings } from "../../model/settings";

/** Always one of the GitRepository's own namespace; undefined: nopea itself writes. */
export function accountOf(
  { namespace }: Pick<RepositoryId, "namespace">,
  { serviceAccountName }: Pick<RepositorySpec, "serviceAccountName">,
  { defaultServiceAccount }: Pick<Settings, "defaultServiceAccount">,
): Account | undefined {
  const name = serviceAccountName ?? defaultServiceAccount;
  return name === undefined ? undefined : { namespace, name };
}
