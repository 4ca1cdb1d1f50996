/** Turns a Secret's stringData into data, as the API server does: server-side apply would own stringData for ever and see nothing. */
import { encodeBase64 } from "../../model/base64";
import { type Json, type JsonObject, isObject } from "../../model/json";

/** The object with stringData moved into data; any other object as it is. */
export function encodeStringData(object: JsonObject): JsonObject {
  if (object.apiVersion !== "v1" || object.kind !== "Secret" || object.stringData === undefined) {
    return object;
  }
  const { stringData, data, ...rest } = object;
  const encoded = Object.entries(isObject(stringData) ? stringData : {}).map(
    ([key, value]) => [key, encodeBase64(typeof value === "string" ? value : "")] as const,
  );
  const plain: readonly (readonly [string, Json | undefined])[] = isObject(data)
    ? Object.entries(data)
    : [];
  if (encoded.length === 0 && !isObject(data)) return rest;
  return { ...rest, data: Object.fromEntries([...plain, ...encoded]) };
}
