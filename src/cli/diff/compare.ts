/** Where two versions of an object differ, field by field, nopea's own marks and the API server's bookkeeping left out. */
import { isOwnName } from "../../model/annotations";
import { formatPath, type FieldPath, type PathElement } from "../../model/field-path";
import { isList, isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";

export interface Difference {
  readonly path: FieldPath;
  /** Undefined: absent. */
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** What differs, topmost: a part that only one of the two has is one difference. */
export function compare(before: JsonObject, after: JsonObject): readonly Difference[] {
  return between(withoutBookkeeping(before), withoutBookkeeping(after), []);
}

const BOOKKEEPING: ReadonlySet<string> = new Set([
  "managedFields",
  "resourceVersion",
  "generation",
  "uid",
  "creationTimestamp",
  "selfLink",
]);

function withoutBookkeeping({ metadata, status: _, ...object }: JsonObject): JsonObject {
  if (!isObject(metadata)) return object;
  const kept = Object.entries(metadata).filter(([name]) => !BOOKKEEPING.has(name));
  const { labels, annotations, ...rest } = Object.fromEntries(kept);
  const own = { ...foreign("labels", labels), ...foreign("annotations", annotations) };
  return { ...object, metadata: { ...rest, ...own } };
}

function foreign(field: string, names: Json | undefined): JsonObject {
  const entries = isObject(names) ? Object.entries(names).filter(([key]) => !isOwnName(key)) : [];
  return entries.length === 0 ? {} : { [field]: Object.fromEntries(entries) };
}

function between(
  from: Json | undefined,
  to: Json | undefined,
  path: FieldPath,
): readonly Difference[] {
  if (isSame(from, to)) return [];
  if (isObject(from) && isObject(to)) return betweenMaps(from, to, path);
  if (isList(from) && isList(to)) return betweenLists(from, to, path);
  return [{ path, from, to }];
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return toCanonicalJson(a) === toCanonicalJson(b);
}

function betweenMaps(from: JsonObject, to: JsonObject, path: FieldPath): readonly Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names.flatMap(name => {
    const below: PathElement = { kind: "field", name };
    return between(from[name], to[name], [...path, below]);
  });
}

/** Keys by which Kubernetes merges lists of objects; the first that tells all items apart. */
const KEYS: readonly (readonly string[])[] = [
  ["name"],
  ["containerPort", "protocol"],
  ["port", "protocol"],
  ["mountPath"],
  ["devicePath"],
  ["ip"],
  ["topologyKey", "whenUnsatisfiable"],
  ["type"],
  ["key"],
];

function betweenLists(
  from: readonly Json[],
  to: readonly Json[],
  path: FieldPath,
): readonly Difference[] {
  const keys = KEYS.find(names => [from, to].every(list => isKeyedBy(list, names)));
  if (keys === undefined) return byIndex(from, to, path);
  const differences = byKey([from, to], keys, path);
  // the same items in another order
  const isOther = toCanonicalJson(from) !== toCanonicalJson(to);
  return differences.length === 0 && isOther ? [{ path, from, to }] : differences;
}

function isKeyedBy(list: readonly Json[], names: readonly string[]): boolean {
  const keys = list.map(item => (isObject(item) ? keysOf(item, names) : {}));
  const isWhole = keys.every(key => Object.keys(key).length === names.length);
  return isWhole && new Set(keys.map(toCanonicalJson)).size === list.length;
}

function keysOf(item: JsonObject, names: readonly string[]): Readonly<Record<string, Json>> {
  const known = names.flatMap(name => {
    const value = item[name];
    return typeof value === "string" || typeof value === "number" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

function byKey(
  lists: readonly [readonly Json[], readonly Json[]],
  names: readonly string[],
  path: FieldPath,
): readonly Difference[] {
  const [from, to] = [indexed(lists[0], names), indexed(lists[1], names)];
  return [...new Map([...from, ...to])].flatMap(([id, { keys }]) =>
    between(from.get(id)?.item, to.get(id)?.item, [...path, { kind: "item", keys }]),
  );
}

function indexed(list: readonly Json[], names: readonly string[]) {
  const items = list.filter(isObject).map(item => ({ keys: keysOf(item, names), item }));
  return new Map(items.map(item => [toCanonicalJson(item.keys), item]));
}

function byIndex(
  from: readonly Json[],
  to: readonly Json[],
  path: FieldPath,
): readonly Difference[] {
  const scalars = [...from, ...to].every(item => !isObject(item) && !isList(item));
  if (scalars) return [{ path, from, to }];
  const length = Math.max(from.length, to.length);
  return Array.from({ length }, (_, index) =>
    between(from[index], to[index], [...path, { kind: "index", index }]),
  ).flat();
}

/** The path as people read it. */
export function pathText({ path }: Difference): string {
  return formatPath(path);
}
