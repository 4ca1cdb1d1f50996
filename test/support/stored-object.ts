/** An object as the fake cluster keeps it, and as it shows it. */
import { LABEL_REPOSITORY } from "../../src/model/annotations";
import type { JsonObject } from "../../src/model/json";
import type { Live } from "../../src/model/live";
import type { Manifest } from "../../src/model/manifest";
import type { ObjectKey } from "../../src/model/object-key";
import { managedFieldsOf, objectOf, type Owned } from "./field-ownership";

export interface Stored {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly version: number;
  readonly owned: Owned;
  readonly terminating: boolean;
}

export function wholeOf(stored: Stored, apiVersion: string): JsonObject {
  const { key, uid, version, owned, terminating } = stored;
  const object = objectOf(owned.leaves);
  return {
    ...object,
    apiVersion,
    kind: key.kind,
    metadata: {
      ...(object.metadata as JsonObject | undefined),
      name: key.name,
      ...(key.namespace === "" ? {} : { namespace: key.namespace }),
      uid,
      resourceVersion: `${version}`,
      managedFields: managedFieldsOf(owned),
      ...(terminating ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
  };
}

export function isLabelled(stored: Stored): boolean {
  return liveOf(stored).labels[LABEL_REPOSITORY] !== undefined;
}

export function hasLabels(stored: Stored, labels: Readonly<Record<string, string>>): boolean {
  const own = liveOf(stored).labels;
  return Object.entries(labels).every(([name, value]) => own[name] === value);
}

export function liveOf({ key, uid, version, owned, terminating }: Stored): Live {
  const metadata = objectOf(owned.leaves).metadata as Partial<Manifest["metadata"]> | undefined;
  return {
    key,
    uid,
    resourceVersion: `${version}`,
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    managers: owned.managers.map(({ manager, operation }) => ({ manager, operation })),
    terminating,
  };
}
