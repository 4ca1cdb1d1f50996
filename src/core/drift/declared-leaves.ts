/** The fields that a manifest declares, divided as a field set divides them where it knows. */
import type { FieldPath, PathElement } from "../../model/field-path";
import { elementKey, isWhole, type FieldSet } from "../../model/field-set";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { keyOf } from "./find-part";

/** Lists that the set does not know count as a whole, and so do empty maps. */
export function declaredLeaves(declared: JsonObject, fields: FieldSet): readonly FieldPath[] {
  const leaves: FieldPath[] = [];
  // what the object is, and what it is called, is no field of it
  const { apiVersion, kind, metadata, ...rest } = declared;
  const { name, namespace, ...others } = isObject(metadata) ? metadata : {};
  const parts = Object.keys(others).length === 0 ? rest : { ...rest, metadata: others };
  if (Object.keys(parts).length > 0) walk({ value: parts, path: [] }, fields, leaves);
  return leaves;
}

interface Place {
  readonly value: Json;
  readonly path: FieldPath;
}

function walk({ value, path }: Place, fields: FieldSet | undefined, leaves: FieldPath[]): void {
  const parts = fields !== undefined && isWhole(fields) ? [] : partsOf(value, fields);
  if (parts.length === 0) leaves.push(path);
  for (const [element, below] of parts) {
    const set = fields?.children.get(elementKey(element))?.set;
    walk({ value: below, path: [...path, element] }, set, leaves);
  }
}

type Part = readonly [PathElement, Json];

function partsOf(value: Json, fields: FieldSet | undefined): readonly Part[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, below]): Part[] =>
      below === undefined ? [] : [[{ kind: "field", name }, below]],
    );
  }
  if (!isList(value) || fields === undefined) return [];
  const [first] = fields.children.values();
  return value.flatMap((item, index): Part[] => {
    const element = elementOf(item, index, first?.element);
    return element === undefined ? [] : [[element, item]];
  });
}

/** An item is named as its siblings in the set are. */
function elementOf(
  item: Json,
  index: number,
  sibling: PathElement | undefined,
): PathElement | undefined {
  switch (sibling?.kind) {
    case "item": {
      const keys = Object.keys(sibling.keys).flatMap((name): [string, Json][] => {
        const value = keyOf(item, name);
        return value === undefined ? [] : [[name, value]];
      });
      return keys.length === 0 ? undefined : { kind: "item", keys: Object.fromEntries(keys) };
    }
    case "member":
      return { kind: "member", value: item };
    case "index":
      return { kind: "index", index };
    case "field":
    case undefined:
      return undefined;
  }
}
