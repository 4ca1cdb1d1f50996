/** Says why a GitRepository is not worked on at all: nothing is fetched for it and nothing is written. */
import type { ParsedSpec } from "../../model/git-repository";
import type { Settings } from "../../model/settings";
import type { Fault } from "../../model/verdict";
import { restrictionsNotImplemented } from "./not-implemented";

/** Undefined: go ahead. */
export function refusal(parsed: ParsedSpec, settings: Settings): Fault | undefined {
  if (settings.clusterTooOld !== undefined) {
    return { code: "cluster-too-old", message: settings.clusterTooOld };
  }
  if (!parsed.ok) return { code: "spec-invalid", message: parsed.problems.join("; ") };
  const fields = restrictionsNotImplemented(parsed.spec, settings.defaultServiceAccount);
  if (fields.length === 0) return undefined;
  const message = `${fields.join(", ")}: not implemented yet, and nothing is written while it cannot be honoured`;
  return { code: "not-implemented", message };
}
