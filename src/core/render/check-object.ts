/** What an object needs before nopea can apply it, told better and earlier than an API server would. */
import { type Json, type JsonObject, isObject } from "../../model/json";

/** What is wrong with an object, one sentence each; no value of the object is ever quoted but its kind and name. */
export function checkObject(object: JsonObject): readonly string[] {
  const missing = [checkText(object, "apiVersion"), checkText(object, "kind")].filter(isFound);
  if (missing.length > 0) return missing;
  const { metadata } = object;
  if (metadata === undefined || metadata === null) {
    return ["metadata is missing: add it with the object's name"];
  }
  if (!isObject(metadata)) return [`metadata is ${typeName(metadata)} and must be a map`];
  return [
    checkTypeNames(object),
    checkName(metadata),
    checkNamespace(metadata.namespace),
    ...checkStringMap(metadata, "labels"),
    ...checkStringMap(metadata, "annotations"),
    checkStringData(object),
  ].filter(isFound);
}

/** True for a map without apiVersion or kind: perhaps not a Kubernetes object at all. */
export function isForeign(object: JsonObject): boolean {
  return object.apiVersion === undefined || object.kind === undefined;
}

/** How a value's type is called in a sentence. */
function typeName(value: Json | undefined): string {
  if (value === undefined || value === null) return "empty";
  if (typeof value === "boolean") return "a boolean";
  if (typeof value === "string") return "a string";
  if (typeof value === "object") return isObject(value) ? "a map" : "a list";
  return "a number";
}

function checkText(object: JsonObject, field: "apiVersion" | "kind"): string | undefined {
  const value = object[field];
  if (typeof value === "string" && value !== "") return undefined;
  if (value === undefined || value === null || value === "") return `${field} is missing: add it`;
  return `${field} is ${typeName(value)} and must be a string${quoteIt(value)}`;
}

function checkTypeNames({ apiVersion, kind }: JsonObject): string | undefined {
  if (!/^(?:[^/\s]+\/)?[^/\s]+$/.test(text(apiVersion))) {
    return "apiVersion must be `version` or `group/version`: correct it";
  }
  return /^[^/.\s]+$/.test(text(kind)) ? undefined : "kind must be one word: correct it";
}

function checkName({ name, generateName }: JsonObject): string | undefined {
  if (typeof name === "string" && name !== "") {
    return isPathSegment(name)
      ? undefined
      : "metadata.name holds a character that no name may hold: correct it";
  }
  if (name !== undefined && name !== null && name !== "") {
    return `metadata.name is ${typeName(name)} and must be a string${quoteIt(name)}`;
  }
  return generateName === undefined
    ? "metadata.name is missing: add it"
    : "metadata.generateName would make another object at every sync: give it a metadata.name";
}

function checkNamespace(namespace: Json | undefined): string | undefined {
  if (namespace === undefined || namespace === null || namespace === "") return undefined;
  if (typeof namespace !== "string") {
    return `metadata.namespace is ${typeName(namespace)} and must be a string${quoteIt(namespace)}`;
  }
  return isPathSegment(namespace)
    ? undefined
    : "metadata.namespace is no name of a namespace: correct it";
}

/** What may stand in a URL of the API server; the rest of the rules is the server's. */
function isPathSegment(name: string): boolean {
  return name !== "." && name !== ".." && !/[/%\s?#]/.test(name);
}

function checkStringMap(metadata: JsonObject, field: string): readonly string[] {
  const map = metadata[field];
  if (map === undefined || map === null) return [];
  if (!isObject(map)) return [`metadata.${field} is ${typeName(map)} and must be a map of strings`];
  return notStrings(map).map(
    ([key, value]) =>
      `metadata.${field}[${JSON.stringify(key)}] is ${typeName(value)} and must be a string${quoteIt(value)}`,
  );
}

function checkStringData({ apiVersion, kind, stringData, data }: JsonObject): string | undefined {
  const isUsed = stringData !== undefined && stringData !== null;
  if (apiVersion !== "v1" || kind !== "Secret" || !isUsed) return undefined;
  if (!isObject(stringData))
    return `stringData is ${typeName(stringData)} and must be a map of strings`;
  const [wrong] = notStrings(stringData);
  if (wrong === undefined) return isMapOrEmpty(data) ? undefined : "data must be a map: correct it";
  const [key, value] = wrong;
  return `stringData[${JSON.stringify(key)}] is ${typeName(value)} and must be a string${quoteIt(value)}`;
}

function isMapOrEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || isObject(value);
}

function notStrings(map: JsonObject): readonly (readonly [string, Json | undefined])[] {
  return Object.entries(map).filter(([, value]) => value !== null && typeof value !== "string");
}

function quoteIt(value: Json | undefined): string {
  return typeof value === "object" ? ": correct it" : ": quote it";
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function isFound(message: string | undefined): message is string {
  return message !== undefined;
}
