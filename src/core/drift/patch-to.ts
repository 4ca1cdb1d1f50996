/** The JSON patch (RFC 6902) that makes one object of another: only what differs, so that nothing else is written again. */
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { PatchOperation } from "../../model/plan";
import { own } from "./equality";

/** `to` should share with `from` whatever is the same: what is shared is not looked at. */
export function patchTo(from: JsonObject, to: JsonObject): readonly PatchOperation[] {
  return between(from, to, "");
}

function between(from: Json, to: Json, path: string): readonly PatchOperation[] {
  if (from === to) return [];
  if (isObject(from) && isObject(to)) return betweenMaps(from, to, path);
  if (isList(from) && isList(to)) return betweenLists(from, to, path);
  return [{ op: "replace", path, value: to }];
}

function betweenMaps(from: JsonObject, to: JsonObject, path: string): readonly PatchOperation[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].flatMap((name): readonly PatchOperation[] => {
    const [before, after] = [own(from, name), own(to, name)];
    const at = `${path}/${pointerToken(name)}`;
    if (after === undefined) return before === undefined ? [] : [{ op: "remove", path: at }];
    return before === undefined
      ? [{ op: "add", path: at, value: after }]
      : between(before, after, at);
  });
}

function betweenLists(
  from: readonly Json[],
  to: readonly Json[],
  path: string,
): readonly PatchOperation[] {
  if (isAligned(from, to)) {
    return to.flatMap((item, at) => between(from[at] ?? null, item, `${path}/${at}`));
  }
  let kept = 0;
  const removed = from.flatMap((item, at) => {
    if (item !== to[kept]) return [at];
    kept += 1;
    return [];
  });
  return [
    // from the end, so that no index moves before its turn
    ...removed.reverse().map((at): PatchOperation => ({ op: "remove", path: `${path}/${at}` })),
    ...to.slice(kept).map((value): PatchOperation => ({ op: "add", path: `${path}/-`, value })),
  ];
}

/** Nothing came, went or moved: each item is what it was, or a changed version of it. */
function isAligned(from: readonly Json[], to: readonly Json[]): boolean {
  if (from.length !== to.length) return false;
  const [old, next] = [new Set(from), new Set(to)];
  return to.every((item, at) => {
    const before = from[at];
    return item === before || (!old.has(item) && before !== undefined && !next.has(before));
  });
}
