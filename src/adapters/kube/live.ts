/** Reads a live object from the API server's answer. */
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { FieldManager, Live, Sighting } from "../../model/live";
import { groupOf, type KindInfo } from "../../model/manifest";

/** The object and its metadata; undefined for what is no object with a name and a uid. */
export function readSighting(kind: KindInfo, object: Json | undefined): Sighting | undefined {
  const live = readLive(kind, object);
  if (live === undefined || !isObject(object)) return undefined;
  // items of a list say nothing of their kind
  const { apiVersion = kind.apiVersion, kind: name = kind.kind } = object;
  return { live, object: { ...object, apiVersion, kind: name } };
}

/** The metadata; undefined for what is no object with a name and a uid. */
export function readLive(kind: KindInfo, object: Json | undefined): Live | undefined {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  const name = textOf(metadata.name);
  const uid = textOf(metadata.uid);
  if (name === "" || uid === "") return undefined;
  const namespace = kind.namespaced ? textOf(metadata.namespace) : "";
  return {
    key: { group: groupOf(kind.apiVersion), kind: kind.kind, namespace, name },
    uid,
    resourceVersion: textOf(metadata.resourceVersion),
    labels: textsOf(metadata.labels),
    annotations: textsOf(metadata.annotations),
    managers: managersOf(metadata),
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

function managersOf(metadata: JsonObject): readonly FieldManager[] {
  const entries = isList(metadata.managedFields) ? metadata.managedFields : [];
  return entries.flatMap(entry =>
    isObject(entry) && typeof entry.manager === "string"
      ? [{ manager: entry.manager, operation: textOf(entry.operation) }]
      : [],
  );
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])),
  );
}
