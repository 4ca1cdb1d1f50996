/** Carries out a JSON patch (RFC 6902), as far as nopea writes any. */
import type { Json } from "../../src/model/json";
import type { PatchOperation } from "../../src/model/plan";

/** Throws where a path leads nowhere. */
export function patched(value: Json, operations: readonly PatchOperation[]): Json {
  const copy = structuredClone(value);
  for (const operation of operations) {
    const names = operation.path.split("/").slice(1).map(unescape);
    const parent = names.slice(0, -1).reduce<unknown>(step, copy);
    const name = names.at(-1) ?? "";
    if (operation.op !== "add") step(parent, name);
    if (Array.isArray(parent)) inList(parent, name, operation);
    else inMap(parent as object, name, operation);
  }
  return copy;
}

function unescape(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

function step(parent: unknown, name: string): unknown {
  const isThere = typeof parent === "object" && parent !== null && Object.hasOwn(parent, name);
  if (!isThere) throw new Error(`there is no ${name}`);
  return (parent as Readonly<Record<string, unknown>>)[name];
}

function inMap(map: object, name: string, operation: PatchOperation): void {
  if (operation.op === "remove") Reflect.deleteProperty(map, name);
  else {
    const { value } = operation;
    const own = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(map, name, own);
  }
}

function inList(list: unknown[], name: string, operation: PatchOperation): void {
  const at = name === "-" ? list.length : Number(name);
  const values = operation.op === "remove" ? [] : [operation.value];
  list.splice(at, operation.op === "add" ? 0 : 1, ...values);
}
