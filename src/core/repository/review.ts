/** What the admission webhook answers to a GitRepository. */
import type { Json } from "../../model/json";
import { toCanonicalJson } from "../../model/json";
import type { RepositorySpec } from "../../model/git-repository";
import { parseSpec } from "./parse-spec";

export interface Review {
  readonly allowed: boolean;
  /** Why not, and how to mend it. */
  readonly message: string;
  readonly warnings: readonly string[];
}

/** A spec that did not change passes: labels and finalizers of a broken GitRepository can still be mended. */
export function review(spec: Json | undefined, before: Json | undefined): Review {
  if (before !== undefined && toCanonicalJson(before) === toCanonicalJson(spec ?? null)) {
    return { allowed: true, message: "", warnings: [] };
  }
  const parsed = parseSpec(spec);
  if (!parsed.ok) return { allowed: false, message: parsed.problems.join("; "), warnings: [] };
  const isNew = before === undefined;
  return {
    allowed: true,
    message: "",
    warnings: isNew ? hasty(parsed.spec) : [],
  };
}

/** Most people expect some time to commit what they have mended at night. */
function hasty({ healPolicy, healGracePeriodMs }: RepositorySpec): readonly string[] {
  if (healPolicy !== "auto" || healGracePeriodMs !== undefined) return [];
  return [
    "healPolicy auto without healGracePeriod: edits by hand will be undone within milliseconds. healGracePeriod: 5m leaves time to commit them",
  ];
}
