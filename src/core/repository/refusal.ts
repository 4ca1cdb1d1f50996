/** Says why a GitRepository is not worked on at all: nothing is fetched for it and nothing is written. */
import { isDnsName } from "../../model/dns-name";
import type { ParsedSpec, RepositorySpec } from "../../model/git-repository";
import type { Settings } from "../../model/settings";
import type { Fault } from "../../model/verdict";

/** Undefined: go ahead. */
export function refusal(parsed: ParsedSpec, settings: Settings): Fault | undefined {
  if (settings.clusterTooOld !== undefined) {
    return { code: "cluster-too-old", message: settings.clusterTooOld };
  }
  if (!parsed.ok) return { code: "spec-invalid", message: parsed.problems.join("; ") };
  return withoutAccount(parsed.spec, settings);
}

/** An account that nobody can write as is no reason to write as nopea itself. */
function withoutAccount(
  { serviceAccountName }: RepositorySpec,
  { defaultServiceAccount }: Settings,
): Fault | undefined {
  if (serviceAccountName !== undefined || defaultServiceAccount === undefined) return undefined;
  if (isDnsName(defaultServiceAccount)) return undefined;
  const shown = JSON.stringify(defaultServiceAccount.slice(0, 100));
  const message = `NOPEA_DEFAULT_SERVICE_ACCOUNT is ${shown}, which is no name of a ServiceAccount: nothing is written without one`;
  return { code: "account-invalid", message };
}
