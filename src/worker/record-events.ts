/** What a watch of DriftRecords tells, handed to the worker whose record it is. */
import { readRecord, readTestimony } from "../core/heal/read-record";
import { isList, isObject, type JsonObject } from "../model/json";
import { formatKey } from "../model/object-key";
import type { Custody } from "./custody";

/** Told of DriftRecords of all repositories, as a watch tells. */
export interface RecordListener {
  replace(objects: readonly JsonObject[]): void;
  upsert(object: JsonObject): void;
  remove(object: JsonObject): void;
}

/** `custodyOf` knows by the uid of a GitRepository; undefined: nobody works on it. */
export function createRecordListener(
  custodies: () => ReadonlyMap<string, Custody>,
): RecordListener {
  const custodyOf = (object: JsonObject) => custodies().get(ownerOf(object));
  return {
    replace(objects) {
      for (const [uid, custody] of custodies()) {
        const own = objects.filter(object => ownerOf(object) === uid);
        custody.records.listed(new Map(own.map(object => [nameOf(object), readRecord(object)])));
        for (const object of own) hear(custody, object);
      }
    },
    upsert(object) {
      const custody = custodyOf(object);
      if (custody === undefined) return;
      custody.records.noticed(nameOf(object), readRecord(object));
      hear(custody, object);
    },
    remove(object) {
      const custody = custodyOf(object);
      custody?.testimonies.clear(nameOf(object));
      custody?.records.noticed(nameOf(object), undefined);
    },
  };
}

/** What the admission process has left. */
function hear({ testimonies, episodes, knowledge }: Custody, object: JsonObject): void {
  const record = nameOf(object);
  if (object.status === undefined) testimonies.suspect(record);
  else testimonies.clear(record);
  const testimony = readTestimony(object);
  if (testimony === undefined) return;
  const id = formatKey(testimony.key);
  testimonies.add(testimony);
  episodes.testify(id, testimony.edit);
  // who scaled it decides whether it is an edit at all
  if (testimony.edit.verb === "SCALE") knowledge.touch(id);
}

function nameOf({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata.name === "string" ? metadata.name : "";
}

/** The uid of its GitRepository. */
function ownerOf({ metadata }: JsonObject): string {
  const references = isObject(metadata) ? metadata.ownerReferences : undefined;
  const owners = isList(references) ? references.filter(isObject) : [];
  const uid = owners.find(({ kind }) => kind === "GitRepository")?.uid;
  return typeof uid === "string" ? uid : "";
}
