/** When two values are the same, and when a live one is what a manifest asks for. */
import { isList, isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";

/** Two values of the same origin: both declared, or both live. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || toCanonicalJson(a) === toCanonicalJson(b);
}

/**
 * True when a live value certainly is what a manifest declares. The API server leaves out what is empty
 * (`value: ""`, `hostNetwork: false`, `args: []`), and makes "" of null. Other spellings count as different.
 */
export function meets(live: Json | undefined, declared: Json | undefined): boolean {
  // what is not declared has to be gone, not only empty
  return declared === undefined ? live === undefined : agrees(live, declared);
}

function agrees(live: Json | undefined, declared: Json | undefined): boolean {
  if (isEmptyValue(declared) && isEmptyValue(live)) return true;
  if (isObject(declared)) return isObject(live) && membersMeet(live, declared);
  if (isList(declared)) return isList(live) && itemsMeet(live, declared);
  // live numbers beyond 2^53 were rounded when they were read
  return isSame(live, typeof declared === "bigint" ? Number(declared) : declared);
}

function itemsMeet(live: readonly Json[], declared: readonly Json[]): boolean {
  return live.length === declared.length && declared.every((item, at) => agrees(live[at], item));
}

function membersMeet(live: JsonObject, declared: JsonObject): boolean {
  const names = new Set([...Object.keys(live), ...Object.keys(declared)]);
  return [...names].every(name => agrees(own(live, name), own(declared, name)));
}

/** What an API server may leave out. */
function isEmptyValue(value: Json | undefined): boolean {
  if (isObject(value)) return Object.values(value).every(isEmptyValue);
  if (isList(value)) return value.length === 0;
  return value === undefined || value === null || value === "" || value === false || value === 0;
}

/** `{}` or `[]`. */
export function isEmptyCollection(value: Json | undefined): boolean {
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** A member of a map by its name, `__proto__` and the like included. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
