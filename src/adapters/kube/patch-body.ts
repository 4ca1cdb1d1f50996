/** The body of a server-side apply: the API server reads it as YAML, so the JSON has to mean the same in both. */
import { toJson, type Json } from "../../model/json";

/** Line breaks of YAML that are none in JSON, and characters that YAML refuses as they are: in JSON only inside strings. */
const OTHERWISE_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON text whose strings a reader of YAML takes for the same strings. */
export function patchBody(value: Json): string {
  return toJson(value).replace(OTHERWISE_IN_YAML, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
