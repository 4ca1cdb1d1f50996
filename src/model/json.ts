/** JSON values as nopea holds them: whole numbers beyond 2^53 are bigint, so that nothing of a manifest is rounded. */

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** True for a JSON object: not null, not a list, not a scalar. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON list. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The JSON object that a text is; {} for every other text. */
export function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Compact JSON text of a value; bigint digits are written as they are, absent (undefined) members are left out. */
export function toJson(value: Json): string {
  if (typeof value === "bigint") return value.toString();
  if (isList(value)) return `[${value.map(toJson).join(",")}]`;
  if (isObject(value)) return `{${members(value, Object.keys(value))}}`;
  return JSON.stringify(value);
}

/** The same text for equal values whatever the order of their keys: what digests are made of. */
export function toCanonicalJson(value: Json): string {
  if (isList(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  if (isObject(value)) return `{${members(value, Object.keys(value).sort(), toCanonicalJson)}}`;
  return toJson(value);
}

function members(value: JsonObject, keys: readonly string[], text = toJson): string {
  const parts: string[] = [];
  for (const key of keys) {
    const member = value[key];
    if (member !== undefined) parts.push(`${JSON.stringify(key)}:${text(member)}`);
  }
  return parts.join(",");
}
