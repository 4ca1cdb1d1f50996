/** What nopea owns of an object, found by the object alone: its labels say whose it is, managedFields which fields. */
import type { FieldPath } from "../../model/field-path";
import { elementKey } from "../../model/field-set";
import { isObject, type Json, type JsonObject } from "../../model/json";
import { labelledOwner, type RepositoryName } from "../../model/ownership";
import { own } from "../drift/equality";
import { entriesOf } from "../drift/own-fields";
import { textsOf } from "./own-names";

/** The name under which the repository of the object's labels applies it; undefined where managedFields know none. */
export function ownManager(object: JsonObject): string | undefined {
  const owner = labelledOwner(textsOf(object, "labels"));
  if (owner === undefined) return undefined;
  const managers = entriesOf(object).flatMap(entry => (isOurs(entry) ? [entry.manager] : []));
  const exact = `nopea:${owner.namespace}/${owner.name}`;
  // a name that was cut and hashed, in the label or in the manager, is known by how it begins
  return managers.find(name => name === exact) ?? managers.find(name => isNearly(name, owner));
}

/** The `fieldsV1` of the manager's Apply entry; undefined where there is none, as after managedFields were wiped. */
export function ownFieldsV1(
  object: JsonObject,
  manager: string | undefined,
): JsonObject | undefined {
  const entry = entriesOf(object).find(entry => isOurs(entry) && entry.manager === manager);
  return isObject(entry?.fieldsV1) ? entry.fieldsV1 : undefined;
}

/** True when the field itself is in the set; like hasField, of a set that nobody has read. */
export function owns(fieldsV1: JsonObject, path: FieldPath): boolean {
  let node: Json | undefined = fieldsV1;
  for (const element of path) {
    node = isObject(node) ? own(node, elementKey(element)) : undefined;
  }
  return isObject(node) && isOwned(node);
}

/** The fields of the first that are not in the second. */
export function notIn(fieldsV1: JsonObject, other: JsonObject): JsonObject {
  return without(fieldsV1, other, 0) ?? {};
}

const MAX_DEPTH = 100;

function without(fields: JsonObject, other: JsonObject, depth: number): JsonObject | undefined {
  const kept = Object.entries(fields).flatMap(([key, below]): [string, Json][] => {
    const rest = key === "." ? undefined : withoutBelow(below, own(other, key), depth);
    return rest === undefined ? [] : [[key, rest]];
  });
  if (isOwned(fields) && !isOwned(other)) kept.push([".", {}]);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function withoutBelow(below: Json | undefined, other: Json | undefined, depth: number) {
  const isBoth = isObject(below) && isObject(other) && depth < MAX_DEPTH;
  return isBoth ? without(below, other, depth + 1) : below;
}

function isOwned(node: JsonObject): boolean {
  return node["."] !== undefined || Object.keys(node).length === 0;
}

type OwnEntry = JsonObject & { readonly manager: string };

function isOurs(entry: JsonObject): entry is OwnEntry {
  const { manager, operation, subresource } = entry;
  const isOfWhole = (subresource ?? "") === "";
  return (
    isOfWhole &&
    operation === "Apply" &&
    typeof manager === "string" &&
    manager.startsWith("nopea:")
  );
}

/** Characters of a label and of a field manager whose name was too long, and of it before the hash (contract.md). */
const LABEL = { length: 63, name: 54 };
const MANAGER = { length: 128, name: 119 };

function isNearly(manager: string, { namespace, name }: RepositoryName): boolean {
  const isLabelCut = name.length === LABEL.length;
  if (!isLabelCut && manager.length < MANAGER.length) return false;
  const begin = `nopea:${namespace}/${isLabelCut ? name.slice(0, LABEL.name) : name}`;
  return manager.startsWith(begin.slice(0, MANAGER.name));
}
