/** Names the fields of a GitRepository that this version of nopea does not honour yet: never silently ignored. */
import type { RepositorySpec } from "../../model/git-repository";

/** Fields that restrict what nopea may do: a sync that cannot honour them must not run (fail closed). */
export function restrictionsNotImplemented(
  spec: RepositorySpec,
  defaultServiceAccount: string | undefined,
): readonly string[] {
  const fields: readonly (readonly [boolean, string])[] = [
    [spec.serviceAccountName !== undefined, "spec.serviceAccountName"],
    [defaultServiceAccount !== undefined, "NOPEA_DEFAULT_SERVICE_ACCOUNT"],
  ];
  return fields.filter(([used]) => used).map(([, field]) => field);
}

/** Fields that have no effect yet and take nothing away from anybody: the sync runs, and its condition names them. */
export function effectsNotImplemented(spec: RepositorySpec): readonly string[] {
  const fields: readonly (readonly [boolean, string])[] = [[spec.notify, "spec.notify"]];
  return fields.filter(([used]) => used).map(([, field]) => field);
}
