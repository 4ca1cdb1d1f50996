/** The JSON patch (RFC 6902) that gives an object the labels and annotations of nopea's domain that it should have. */
import { isOwnName } from "../../model/annotations";
import { isObject, type Json, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { PatchOperation } from "../../model/plan";
import { own } from "../drift/equality";
import type { OwnNames, Texts } from "./own-names";

/** Nothing else is touched; an empty list where all is as wanted. `wanted`: all names of nopea's domain. */
export function namesPatch(object: JsonObject, wanted: OwnNames): readonly PatchOperation[] {
  const { metadata } = object;
  if (!isObject(metadata)) return [];
  return [
    ...fieldPatch(metadata.labels, wanted.labels, "/metadata/labels"),
    ...fieldPatch(metadata.annotations, wanted.annotations, "/metadata/annotations"),
  ];
}

function fieldPatch(now: Json | undefined, wanted: Texts, path: string): readonly PatchOperation[] {
  if (!isObject(now)) {
    return Object.keys(wanted).length === 0 ? [] : [{ op: "add", path, value: wanted }];
  }
  const stale = Object.keys(now).filter(name => isOwnName(name) && !Object.hasOwn(wanted, name));
  return [
    ...stale.map((name): PatchOperation => ({ op: "remove", path: at(path, name) })),
    ...Object.entries(wanted).flatMap(([name, value]): readonly PatchOperation[] => {
      const before = own(now, name);
      if (before === value) return [];
      return [{ op: before === undefined ? "add" : "replace", path: at(path, name), value }];
    }),
  ];
}

function at(path: string, name: string): string {
  return `${path}/${pointerToken(name)}`;
}

/** The object as the patch makes it. */
export function withNames(object: JsonObject, wanted: OwnNames): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata)) return object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...fieldWith("labels", metadata.labels, wanted.labels),
      ...fieldWith("annotations", metadata.annotations, wanted.annotations),
    },
  };
}

function fieldWith(field: string, now: Json | undefined, wanted: Texts): JsonObject {
  if (!isObject(now)) return Object.keys(wanted).length === 0 ? {} : { [field]: wanted };
  const others = Object.entries(now).filter(([name]) => !isOwnName(name));
  return { [field]: { ...Object.fromEntries(others), ...wanted } };
}
