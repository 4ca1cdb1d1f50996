/** What a watch of DriftRecords tells, handed to the worker whose record it is. */
import { isSealedTestimony } from "../core/evidence/seal-testimony";
import { readRecord, readTestimony } from "../core/heal/read-record";
import { isList, isObject, type JsonObject } from "../model/json";
import { formatKey } from "../model/object-key";
import type { Custody } from "./custody";

/** Told of DriftRecords of all repositories, as a watch tells. */
export interface RecordListener {
  replace(objects: readonly JsonObject[]): void;
  upsert(object: JsonObject): void;
  remove(object: JsonObject): void;
  /** Somebody works on the repository of this uid now. */
  begin(uid: string): void;
}

/** `custodyOf` knows by the uid of a GitRepository; undefined: nobody works on it. */
export function createRecordListener(
  custodies: () => ReadonlyMap<string, Custody>,
): RecordListener {
  /** Pending ones of repositories that nobody works on yet: at a start, records are heard of first. */
  const early = new Map<string, JsonObject>();
  const keep = (object: JsonObject) => {
    if (readTestimony(object) !== undefined) early.set(nameOf(object), object);
  };
  const custodyOf = (object: JsonObject) => custodies().get(ownerOf(object));
  return {
    begin(uid) {
      const custody = custodies().get(uid);
      for (const [name, object] of early) {
        if (custody === undefined || ownerOf(object) !== uid) continue;
        early.delete(name);
        hear(custody, object);
      }
    },
    replace(objects) {
      early.clear();
      for (const object of objects) if (custodyOf(object) === undefined) keep(object);
      for (const [uid, custody] of custodies()) hearAll(custody, objects.filter(isOf(uid)));
    },
    upsert(object) {
      const custody = custodyOf(object);
      if (custody === undefined) {
        keep(object);
        return;
      }
      custody.records.noticed(nameOf(object), readRecord(object));
      hear(custody, object);
    },
    remove(object) {
      early.delete(nameOf(object));
      const custody = custodyOf(object);
      custody?.records.noticed(nameOf(object), undefined);
    },
  };
}

function hearAll(custody: Custody, own: readonly JsonObject[]): void {
  custody.records.listed(new Map(own.map(object => [nameOf(object), readRecord(object)])));
  for (const object of own) hear(custody, object);
}

/** What the admission process has left. */
function hear({ reader, testimonies, episodes, knowledge }: Custody, object: JsonObject): void {
  const testimony = readTestimony(object);
  // whoever may write records could name others
  if (testimony === undefined || !isSealedTestimony(object, reader.verifySeal)) return;
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

function isOf(uid: string): (object: JsonObject) => boolean {
  return object => ownerOf(object) === uid;
}
