/** Small words for OpenAPI schemas, so that the CRDs read like tables. */
import type { JsonObject } from "../../../model/json";

export function text(description: string, more: JsonObject = {}): JsonObject {
  return { type: "string", description, ...more };
}

export function integer(description: string): JsonObject {
  return { type: "integer", format: "int64", description };
}

export function time(description: string): JsonObject {
  return { type: "string", format: "date-time", description };
}

export function object(
  description: string,
  properties: JsonObject,
  required: readonly string[] = [],
): JsonObject {
  return { type: "object", description, properties, ...(required.length > 0 ? { required } : {}) };
}

export function list(description: string, items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: "array", description, items, ...more };
}

/** At least one second, in hours, minutes and seconds. Go's regular expressions know no look-ahead: hence three cases. */
const DURATION =
  "^([0-9]*[1-9][0-9]*h([0-9]+m)?([0-9]+s)?|([0-9]+h)?[0-9]*[1-9][0-9]*m([0-9]+s)?|([0-9]+h)?([0-9]+m)?[0-9]*[1-9][0-9]*s)$";

export function duration(description: string, fallback?: string): JsonObject {
  return text(`${description} Hours, minutes and seconds, like 90s, 5m or 1h30m; at least 1s.`, {
    pattern: DURATION,
    maxLength: 20,
    ...(fallback === undefined ? {} : { default: fallback }),
  });
}

/** The first choice is the default. */
export function choice(description: string, choices: readonly string[]): JsonObject {
  return text(description, { enum: choices, default: choices[0] });
}

export function flag(description: string): JsonObject {
  return { type: "boolean", description, default: false };
}
