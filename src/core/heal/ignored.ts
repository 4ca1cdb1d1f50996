/** Fields that Git leaves to others once the object exists: `nopea.io/ignore`. */
import { ANNOTATION_IGNORE } from "../../model/annotations";
import { coversPath, parsePatterns } from "../../model/field-pattern";
import type { FieldPath, FieldPattern } from "../../model/field-path";
import { isObject, type JsonObject } from "../../model/json";
import type { Desired } from "../../model/manifest";
import { parseApplied } from "../../model/ownership";
import { declaredLeaves } from "../drift/declared-leaves";
import type { Known } from "../drift/known";
import { knownFields } from "../drift/own-fields";

/** What the object's manifest says. */
export function ignoredBy({ key, manifest }: Desired): readonly FieldPattern[] {
  const written = manifest.metadata.annotations?.[ANNOTATION_IGNORE] ?? "";
  const aggregated = key.kind === "ClusterRole" && isObject(manifest.aggregationRule);
  return [...parsePatterns(written).patterns, ...(aggregated ? AGGREGATED : [])];
}

/** A controller fills in the rules of a ClusterRole that others are aggregated into. */
const AGGREGATED = parsePatterns("rules").patterns;

/** What of it an object holds that is there already and is not ours yet. */
export function ignoredFields(
  patterns: readonly FieldPattern[],
  { manifest }: Desired,
  whole: JsonObject | undefined,
): readonly FieldPath[] {
  if (patterns.length === 0 || whole === undefined) return [];
  const declared = declaredLeaves(manifest, knownFields(whole));
  return declared.filter(path => patterns.some(pattern => coversPath(pattern, path)));
}

/** True where a commit changes an object whose values are not held: what is left to others must be known. */
export function needsWhole(desired: Desired, known: Known | undefined): boolean {
  if (known === undefined || known.object !== undefined) return false;
  if (parseApplied(known.live.annotations)?.digest === desired.digest) return false;
  return known.autoscaled.length > 0 || ignoredBy(desired).length > 0;
}
