/** Compares statuses, so that none is written that changes nothing. */
import type { RepositoryStatus } from "../../model/git-repository";
import { toCanonicalJson, type Json } from "../../model/json";

/** True when both say the same, whatever the order of their fields. */
export function sameStatus(a: RepositoryStatus, b: RepositoryStatus): boolean {
  return canonical(a) === canonical(b);
}

function canonical(status: RepositoryStatus): string {
  return toCanonicalJson(JSON.parse(JSON.stringify(status)) as Json);
}
