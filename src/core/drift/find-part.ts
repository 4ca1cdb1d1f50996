/** Finds in a value what an element of a field path names. */
import type { PathElement } from "../../model/field-path";
import { isList, isObject, toCanonicalJson, type Json } from "../../model/json";
import { own } from "./equality";

type Keys = Readonly<Record<string, Json>>;

/** What an element names: nothing, one value, or several where a list holds the same key twice. */
export type FindPart = (element: PathElement) => readonly Json[];

/** The only default of a list key that Kubernetes' own kinds have; an API server writes it out, manifests need not. */
const DEFAULTS: Keys = { protocol: "TCP" };

/** Looks at the value once, however many parts of it are asked for: lists can be long. */
export function findPartsOf(value: Json): FindPart {
  const indexes = new Map<string, Index>();
  const members = new Map<string, Json[]>();
  return element => {
    switch (element.kind) {
      case "field":
        return one(isObject(value) ? own(value, element.name) : undefined);
      case "index":
        return one(isList(value) ? value[element.index] : undefined);
      case "member":
        if (members.size === 0 && isList(value)) fill(members, value, toCanonicalJson);
        return members.get(toCanonicalJson(element.value)) ?? [];
      case "item":
        return isList(value) ? findItems(value, element.keys, indexes) : [];
    }
  };
}

function one(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function fill(groups: Map<string, Json[]>, list: readonly Json[], keyOf: (item: Json) => string) {
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
}

interface Index {
  readonly exact: Map<string, Json[]>;
  /** Items without one of the keys: it has a default that only the API server knows. */
  readonly partial: readonly Json[];
}

function findItems(
  list: readonly Json[],
  keys: Keys,
  indexes: Map<string, Index>,
): readonly Json[] {
  const names = Object.keys(keys).sort();
  const signature = names.join("\n");
  const index = indexes.get(signature) ?? indexOf(list, names);
  indexes.set(signature, index);
  const exact = index.exact.get(names.map(name => textOf(keys[name])).join("\n"));
  return exact ?? index.partial.filter(item => names.every(name => agrees(item, name, keys)));
}

function indexOf(list: readonly Json[], names: readonly string[]): Index {
  const exact = new Map<string, Json[]>();
  const isWhole = (item: Json) => names.every(name => keyOf(item, name) !== undefined);
  fill(exact, list.filter(isWhole), item =>
    names.map(name => textOf(keyOf(item, name))).join("\n"),
  );
  return { exact, partial: list.filter(item => isObject(item) && !isWhole(item)) };
}

/** The value of an item's key, or its default. */
export function keyOf(item: Json, name: string): Json | undefined {
  return isObject(item) ? (own(item, name) ?? DEFAULTS[name]) : undefined;
}

function agrees(item: Json, name: string, keys: Keys): boolean {
  const value = keyOf(item, name);
  return value === undefined || textOf(value) === textOf(keys[name]);
}

/** Numbers beyond 2^53 are rounded in live objects and field sets, and exact in manifests. */
function textOf(value: Json | undefined): string {
  if (value === undefined) return "";
  return toCanonicalJson(typeof value === "bigint" ? Number(value) : value);
}
