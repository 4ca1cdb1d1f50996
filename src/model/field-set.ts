/** A set of fields, read from and written as the `fieldsV1` of managedFields. Reading never throws. */
import { isScalar, parseJson, type FieldPath, type PathElement } from "./field-path";
import { isObject, toCanonicalJson, type Json, type JsonObject } from "./json";

/** A node of the tree: whether the field itself is in the set, and what of it is. */
export interface FieldSet {
  readonly owned: boolean;
  /** By the element as fieldsV1 writes it, sorted. */
  readonly children: ReadonlyMap<string, Branch>;
}

export interface Branch {
  readonly element: PathElement;
  readonly set: FieldSet;
}

export interface Leaf {
  readonly path: FieldPath;
  /** A field that is in the set with nothing below it counts as a whole; one with parts in the set only by being there. */
  readonly counts: "value" | "presence";
}

export interface ParsedFieldSet {
  readonly fields: FieldSet;
  /** What was left out, and why. */
  readonly problems: readonly string[];
}

export const NO_FIELDS: FieldSet = { owned: false, children: new Map() };
const LEAF: FieldSet = { owned: true, children: new Map() };
const MAX_DEPTH = 100;

/** What is readable of a `fieldsV1`; the rest is told. */
export function parseFieldSet(fieldsV1: Json | undefined): ParsedFieldSet {
  if (!isObject(fieldsV1)) return { fields: NO_FIELDS, problems: ["fieldsV1 is not a map"] };
  const problems: string[] = [];
  const { children } = readNode(fieldsV1, 1, problems);
  return { fields: { owned: false, children }, problems };
}

function readNode(node: JsonObject, depth: number, problems: string[]): FieldSet {
  const branches: Branch[] = [];
  for (const [key, below] of Object.entries(node)) {
    if (key === ".") continue;
    const element = parseElement(key);
    if (element === undefined) problems.push(`${JSON.stringify(key)} names no field`);
    else if (!isObject(below)) problems.push(`what is below ${JSON.stringify(key)} is not a map`);
    else if (depth >= MAX_DEPTH) problems.push(`fields are nested deeper than ${MAX_DEPTH} levels`);
    else branches.push({ element, set: readBelow(below, depth, problems) });
  }
  return nodeOf(node["."] !== undefined, branches);
}

function readBelow(below: JsonObject, depth: number, problems: string[]): FieldSet {
  return Object.keys(below).length === 0 ? LEAF : readNode(below, depth + 1, problems);
}

/** Branches of the same element become one, empty ones none. */
function nodeOf(owned: boolean, branches: readonly Branch[]): FieldSet {
  const entries = branches
    .filter(({ set }) => !isEmpty(set))
    .map((branch): [string, Branch] => [elementKey(branch.element), branch])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (entries.length === 0) return owned ? LEAF : NO_FIELDS;
  const children = new Map<string, Branch>();
  for (const [key, branch] of entries) {
    const before = children.get(key);
    const set = before === undefined ? branch.set : union(before.set, branch.set);
    children.set(key, { element: branch.element, set });
  }
  return { owned, children };
}

function parseElement(key: string): PathElement | undefined {
  const rest = key.slice(2);
  switch (key.slice(0, 2)) {
    case "f:":
      return { kind: "field", name: rest };
    case "k:":
      return parseItem(parseJson(rest));
    case "v:":
      return parseMember(parseJson(rest));
    case "i:":
      return /^\d{1,15}$/.test(rest) ? { kind: "index", index: Number(rest) } : undefined;
    default:
      return undefined;
  }
}

function parseItem(keys: Json | undefined): PathElement | undefined {
  if (!isObject(keys)) return undefined;
  const entries = Object.entries(keys).filter((entry): entry is [string, Json] =>
    isScalar(entry[1]),
  );
  if (entries.length === 0 || entries.length < Object.keys(keys).length) return undefined;
  return { kind: "item", keys: Object.fromEntries(entries) };
}

/** Numbers beyond 2^53 are rounded, as they are in live objects. */
function parseMember(value: Json | undefined): PathElement | undefined {
  if (value === undefined) return undefined;
  return { kind: "member", value: typeof value === "bigint" ? Number(value) : value };
}

/** An element as fieldsV1 writes it: `f:name`, `k:{"name":"api"}`, `v:"x"`, `i:0`. */
export function elementKey(element: PathElement): string {
  switch (element.kind) {
    case "field":
      return `f:${element.name}`;
    case "item":
      return `k:${toCanonicalJson(element.keys)}`;
    case "member":
      return `v:${toCanonicalJson(element.value)}`;
    case "index":
      return `i:${element.index}`;
  }
}

/** The set as `fieldsV1`, the inverse of parseFieldSet. */
export function formatFieldSet({ owned, children }: FieldSet): JsonObject {
  const below = [...children].map(([key, { set }]) => [key, formatFieldSet(set)] as const);
  const self = owned && below.length > 0 ? [[".", {}] as const] : [];
  return Object.fromEntries([...self, ...below]);
}

/** True when no field is in the set. */
export function isEmpty({ owned, children }: FieldSet): boolean {
  return !owned && children.size === 0;
}

/** The fields that are in one of the two. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const branches = [...a.children.values(), ...b.children.values()];
  return nodeOf(a.owned || b.owned, branches);
}

/** The set of some fields. */
export function fieldSetOf(paths: readonly FieldPath[]): FieldSet {
  const groups = new Map<string, { element: PathElement; below: FieldPath[] }>();
  for (const [element, ...rest] of paths) {
    if (element === undefined) continue;
    const key = elementKey(element);
    const group = groups.get(key) ?? { element, below: [] };
    group.below.push(rest);
    groups.set(key, group);
  }
  const owned = paths.some(({ length }) => length === 0);
  const branches = [...groups.values()].map(({ element, below }) => ({
    element,
    set: fieldSetOf(below),
  }));
  return nodeOf(owned, branches);
}

/** True when the field itself is in the set. */
export function hasField(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(elementKey(element))?.set;
  return node?.owned ?? false;
}

/** True when the set has the field, or a whole that the field is a part of. */
export function covers(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node.children.get(elementKey(element))?.set;
    if (node === undefined) return false;
    if (isWhole(node)) return true;
  }
  return node.owned;
}

/** True when the set has the field, a part of it, or a whole that it is a part of. */
export function touches(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    if (isWhole(node)) return true;
    node = node.children.get(elementKey(element))?.set;
    if (node === undefined) return false;
  }
  return !isEmpty(node);
}

/** True for what counts as a whole: in the set, with nothing below. */
export function isWhole(set: FieldSet): boolean {
  return set.owned && set.children.size === 0;
}

/** Every field of the set, parts after what they are part of. */
export function leavesOf(set: FieldSet): readonly Leaf[] {
  const leaves: Leaf[] = [];
  collect(set, [], leaves);
  return leaves;
}

function collect(set: FieldSet, path: FieldPath, leaves: Leaf[]): void {
  if (set.owned) leaves.push({ path, counts: isWhole(set) ? "value" : "presence" });
  for (const { element, set: below } of set.children.values()) {
    collect(below, [...path, element], leaves);
  }
}
