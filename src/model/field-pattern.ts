/** What `nopea.io/ignore` says: fields that are left to others once the object exists. */
import {
  parsePattern,
  splitAtCommas,
  type FieldPath,
  type FieldPattern,
  type PathElement,
  type PatternElement,
} from "./field-path";
import { toCanonicalJson, type Json } from "./json";

export interface FieldPatterns {
  readonly patterns: readonly FieldPattern[];
  /** What could not be read of it, as written. */
  readonly unreadable: readonly string[];
}

/** Reads a comma-separated list: `spec.replicas, webhooks[].clientConfig.caBundle`. */
export function parsePatterns(text: string): FieldPatterns {
  const patterns: FieldPattern[] = [];
  const unreadable: string[] = [];
  for (const part of splitAtCommas(text) ?? [text]) {
    const written = part.trim();
    if (written === "") continue;
    const pattern = parsePattern(written);
    if (pattern === undefined) unreadable.push(written);
    else patterns.push(pattern);
  }
  return { patterns, unreadable };
}

/** True when the field that the path names is the pattern's, or a part of it. */
export function coversPath(pattern: FieldPattern, path: FieldPath): boolean {
  return (
    pattern.length <= path.length &&
    pattern.every((element, at) => {
      const other = path[at];
      return other !== undefined && coversElement(element, other);
    })
  );
}

function coversElement(pattern: PatternElement, element: PathElement): boolean {
  switch (pattern.kind) {
    case "every":
      return element.kind !== "field";
    case "field":
      return element.kind === "field" && element.name === pattern.name;
    case "index":
      return element.kind === "index" && element.index === pattern.index;
    case "member":
      return element.kind === "member" && same(element.value, pattern.value);
    case "item":
      return element.kind === "item" && coversKeys(pattern.keys, element.keys);
  }
}

/** People leave out keys that have a default, as they do in manifests. */
function coversKeys(
  named: Readonly<Record<string, Json>>,
  keys: Readonly<Record<string, Json>>,
): boolean {
  return Object.entries(named).every(([name, value]) => {
    const other = keys[name];
    return other !== undefined && same(other, value);
  });
}

function same(a: Json, b: Json): boolean {
  return toCanonicalJson(a) === toCanonicalJson(b);
}
