/** What the admission process knows of open episodes: which fields somebody changed that nobody stamped, so that the next editor is seen. */
import { readRecord } from "../core/heal/read-record";
import { isOpen } from "../model/episode";
import { parsePath, type FieldPath } from "../model/field-path";
import { isObject, type JsonObject } from "../model/json";

export interface OpenFields {
  replace(records: readonly JsonObject[]): void;
  upsert(record: JsonObject): void;
  remove(record: JsonObject): void;
  /** By the uid of an object. */
  of(uid: string): readonly FieldPath[];
}

interface Open {
  readonly uid: string;
  readonly fields: readonly FieldPath[];
}

/** Told of DriftRecords as a watch tells. */
export function createOpenFields(): OpenFields {
  const open = new Map<string, Open>();
  const upsert = (record: JsonObject) => {
    const episode = readRecord(record);
    if (episode === undefined || !isOpen(episode)) return void open.delete(nameOf(record));
    const fields = episode.fields.flatMap(path => {
      const parsed = parsePath(path);
      return parsed === undefined ? [] : [parsed];
    });
    open.set(nameOf(record), { uid: episode.uid, fields });
  };
  return {
    replace(records) {
      open.clear();
      records.forEach(upsert);
    },
    upsert,
    remove: record => void open.delete(nameOf(record)),
    of: uid => [...open.values()].flatMap(one => (one.uid === uid ? one.fields : [])),
  };
}

function nameOf({ metadata }: JsonObject): string {
  const { namespace = "", name = "" } = isObject(metadata) ? metadata : {};
  return JSON.stringify([namespace, name]);
}
