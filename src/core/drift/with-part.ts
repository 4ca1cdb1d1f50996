/** One part of an object set or left out, by its field path; everything else is shared with the object as it was. */
import type { FieldPath, PathElement } from "../../model/field-path";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { own } from "./equality";
import { findPartsOf } from "./find-part";

/** Undefined leaves the part out, by its index also what follows it. What is missing on the way to it is created, but only for a part that is to be there. */
export function withPart<T extends JsonObject>(
  object: T,
  path: FieldPath,
  part: Json | undefined,
): T {
  // what a path of one element or more gives of an object is that object with another member
  return path.length === 0 ? object : (changed(object, path, part) as T);
}

function changed(
  value: Json | undefined,
  path: FieldPath,
  part: Json | undefined,
): Json | undefined {
  const [element, ...rest] = path;
  if (element === undefined) return part;
  const below: Below = before => changed(before, rest, part);
  if (element.kind === "field") return withMember(value, element.name, below);
  const list = isList(value) ? value : [];
  const positions = positionsOf(list, element, rest.length === 0 && part === undefined);
  if (positions.size > 0) return withItems(list, positions, below);
  return part === undefined ? value : [...list, made(element, rest, part)];
}

/** An item that is made for a part of it has at least its keys. */
function made(element: PathElement, rest: FieldPath, part: Json): Json {
  const keys = element.kind === "item" && rest.length > 0 ? element.keys : undefined;
  return changed(keys, rest, part) ?? part;
}

type Below = (before: Json | undefined) => Json | undefined;

function withMember(value: Json | undefined, name: string, below: Below): Json | undefined {
  const object = isObject(value) ? value : {};
  const before = own(object, name);
  const after = below(before);
  if (after === before) return value;
  if (after !== undefined) return { ...object, [name]: after };
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

function withItems(list: readonly Json[], positions: ReadonlySet<number>, below: Below): Json {
  const items = list.flatMap((item, at): Json[] => {
    const after = positions.has(at) ? below(item) : item;
    return after === undefined ? [] : [after];
  });
  return items.length === list.length && items.every((item, at) => item === list[at])
    ? list
    : items;
}

function positionsOf(
  list: readonly Json[],
  element: PathElement,
  goes: boolean,
): ReadonlySet<number> {
  if (element.kind === "index") {
    const last = goes ? list.length : Math.min(list.length, element.index + 1);
    return new Set([...list.keys()].slice(element.index, last));
  }
  const parts = new Set(findPartsOf(list)(element));
  return new Set(list.flatMap((item, at) => (parts.has(item) ? [at] : [])));
}
