/** Fields of objects as they come from the API server: nothing of them is trusted. */
import { isList, isObject, type Json, type JsonObject } from "../../model/json";

/** The object that a field holds; {} for anything else. */
export function part(object: Json | undefined, name: string): JsonObject {
  const value = isObject(object) ? object[name] : undefined;
  return isObject(value) ? value : {};
}

/** The text that a field holds; "" for anything else. */
export function text(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}

/** The number that a field holds; 0 for anything else. */
export function number(object: JsonObject, name: string): number {
  const value = object[name];
  return typeof value === "number" ? value : 0;
}

/** The objects of a list; none where there is none. */
export function parts(object: Json | undefined, name: string): readonly JsonObject[] {
  return items(object, name).filter(isObject);
}

/** The texts of a list. */
export function texts(object: JsonObject, name: string): readonly string[] {
  return items(object, name).filter(item => typeof item === "string");
}

/** metadata.annotations, or labels. */
export function marks(object: JsonObject, which: "annotations" | "labels"): JsonObject {
  return part(part(object, "metadata"), which);
}

function items(object: Json | undefined, name: string): readonly Json[] {
  const value = isObject(object) ? object[name] : undefined;
  return isList(value) ? value : [];
}
