/** What is sent to server-side apply while some fields stay as somebody's hand left them. */
import { formatPath, type FieldPath } from "../../model/field-path";
import type { Json, JsonObject } from "../../model/json";
import type { Manifest } from "../../model/manifest";
import { findPartsOf } from "./find-part";
import { withPart } from "./with-part";

/**
 * The manifest with each held field at its live value, absent where live has none. Below an item that live has not and
 * that is not held itself fields stay as declared: half an item would be refused.
 */
export function withHeld(
  declared: Manifest,
  live: JsonObject,
  held: readonly FieldPath[],
): Manifest {
  const names = new Set(held.map(formatPath));
  return held.reduce((manifest, path) => {
    const { part, missing } = lookUp(live, path);
    const isLost = missing.at(-1)?.kind === "item" && missing.length < path.length;
    if (isLost && !names.has(formatPath(missing))) return manifest;
    // half an item would be taken for others: it goes as a whole
    return withPart(manifest, isLost ? missing : path, part);
  }, declared);
}

interface Found {
  /** The first one where a list holds the same key twice: no more can be sent. */
  readonly part: Json | undefined;
  /** The topmost part of the path that is not there. */
  readonly missing: FieldPath;
}

function lookUp(live: JsonObject, path: FieldPath): Found {
  let part: Json | undefined = live;
  for (const [at, element] of path.entries()) {
    [part] = findPartsOf(part)(element);
    if (part === undefined) return { part, missing: path.slice(0, at + 1) };
  }
  return { part, missing: [] };
}
