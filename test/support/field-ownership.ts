/** Server-side apply on a small scale: leaves, their owners, conflicts. Lists are atomic, there is no schema. */
import { isObject, toCanonicalJson, type Json, type JsonObject } from "../../src/model/json";

/** Path of a leaf → its value. */
export type Leaves = ReadonlyMap<string, Json>;

export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly paths: ReadonlySet<string>;
}

export interface Owned {
  readonly leaves: Leaves;
  readonly managers: readonly Manager[];
}

export type Merge = { readonly conflicts: readonly string[] } | { readonly merged: Owned };

export const EMPTY: Owned = { leaves: new Map(), managers: [] };

/** What identifies an object, and what the server writes itself, is nobody's. */
const NOT_OWNED = new Set([
  "/apiVersion",
  "/kind",
  ...["name", "namespace", "uid", "resourceVersion"].map(name => `/metadata/${name}`),
]);

/** Every leaf of an object; an empty object is a leaf. */
export function leavesOf(object: JsonObject): Leaves {
  const leaves = new Map<string, Json>();
  const visit = (value: Json, path: string) => {
    const members = isObject(value) ? Object.entries(value) : [];
    if (members.length === 0 && !NOT_OWNED.has(path)) leaves.set(path, value);
    for (const [key, member] of members) {
      if (member !== undefined) visit(member, `${path}/${key.replaceAll("/", "~1")}`);
    }
  };
  visit(object, "");
  return leaves;
}

/** An object of these leaves. */
export function objectOf(leaves: Leaves): JsonObject {
  const object: Record<string, unknown> = {};
  for (const [path, value] of leaves) {
    const keys = path.slice(1).split("/");
    const last = keys.pop() ?? "";
    let here = object;
    for (const key of keys) here = (here[unescape(key)] ??= {}) as Record<string, unknown>;
    here[unescape(last)] = value;
  }
  return object as JsonObject;
}

/** Another manager's apply: conflicts where others own a leaf with another value, unless it is forced. */
export function applyLeaves(before: Owned, wanted: Leaves, manager: string, force: boolean): Merge {
  const others = before.managers.filter(entry => !isApplier(entry, manager));
  const mine = before.managers.find(entry => isApplier(entry, manager));
  const paths = changedBy(wanted, before.leaves);
  const holders = others.filter(entry => [...entry.paths].some(path => paths.has(path)));
  if (holders.length > 0 && !force) return { conflicts: holders.map(entry => entry.manager) };
  const leaves = new Map(before.leaves);
  const dropped = [...(mine?.paths ?? [])].filter(path => !wanted.has(path));
  for (const path of dropped) {
    if (!others.some(entry => entry.paths.has(path))) leaves.delete(path);
  }
  for (const [path, value] of wanted) leaves.set(path, value);
  const entry: Manager = { manager, operation: "Apply", paths: new Set(wanted.keys()) };
  return { merged: { leaves, managers: [...without(others, paths), entry] } };
}

/** Paths of the leaves that are there with another value. */
function changedBy(wanted: Leaves, before: Leaves): ReadonlySet<string> {
  const changed = [...wanted].filter(([path, value]) => {
    const live = before.get(path);
    return live !== undefined && !same(live, value);
  });
  return new Set(changed.map(([path]) => path));
}

/** An edit by hand: takes what it changes from everybody. */
export function updateLeaves(before: Owned, changes: Leaves, manager: string): Owned {
  const paths = new Set(changes.keys());
  const isMine = (entry: Manager) => entry.manager === manager && entry.operation === "Update";
  const mine = before.managers.find(isMine)?.paths ?? new Set();
  const others = before.managers.filter(entry => !isMine(entry));
  const entry: Manager = { manager, operation: "Update", paths: new Set([...mine, ...paths]) };
  return {
    leaves: new Map([...before.leaves, ...changes]),
    managers: [...without(others, paths), entry],
  };
}

/** Takes a leaf out, or all leaves below, whoever owns them. */
export function removeLeaf({ leaves, managers }: Owned, path: string): Owned {
  const gone = [...leaves.keys()].filter(here => here === path || here.startsWith(`${path}/`));
  return {
    leaves: new Map([...leaves].filter(([here]) => !gone.includes(here))),
    managers: without(managers, new Set(gone)),
  };
}

/** The managers as the API server writes them. */
export function managedFieldsOf({ managers }: Owned): readonly JsonObject[] {
  return managers.map(({ manager, operation, paths }) => {
    const fieldsV1: Record<string, unknown> = {};
    for (const path of paths) {
      let here = fieldsV1;
      for (const key of path.slice(1).split("/")) {
        here = (here[`f:${unescape(key)}`] ??= {}) as Record<string, unknown>;
      }
    }
    return { manager, operation, fieldsType: "FieldsV1", fieldsV1: fieldsV1 as JsonObject };
  });
}

function without(managers: readonly Manager[], paths: ReadonlySet<string>): readonly Manager[] {
  return managers
    .map(entry => ({ ...entry, paths: new Set([...entry.paths].filter(path => !paths.has(path))) }))
    .filter(entry => entry.paths.size > 0);
}

function isApplier(entry: Manager, manager: string): boolean {
  return entry.manager === manager && entry.operation === "Apply";
}

function same(a: Json, b: Json): boolean {
  return toCanonicalJson(a) === toCanonicalJson(b);
}

function unescape(key: string): string {
  return key.replaceAll("~1", "/");
}
