/** The proof that the admission hook wrote a pending record. */
import { ANNOTATION_SEAL } from "../../model/annotations";
import { isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import type { Seal, Verify } from "./seal";

/** The record with its seal; as it is where no key is known yet, and then nobody believes it. */
export function sealTestimony(record: JsonObject, seal: Seal): JsonObject {
  const signature = seal(sealedText(record));
  if (signature === undefined) return record;
  const metadata = isObject(record.metadata) ? record.metadata : {};
  return { ...record, metadata: { ...metadata, annotations: { [ANNOTATION_SEAL]: signature } } };
}

/** True where nothing of what it tells was changed since. */
export function isSealedTestimony(record: JsonObject, verify: Verify): boolean {
  const metadata = isObject(record.metadata) ? record.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const signature = annotations[ANNOTATION_SEAL];
  return typeof signature === "string" && verify(sealedText(record), signature);
}

/** Which record, about which object, and who did what. */
function sealedText({ metadata, spec, status }: JsonObject): string {
  const name = isObject(metadata) ? metadata.name : undefined;
  const edits = isObject(status) ? status.edits : undefined;
  const told: readonly (Json | undefined)[] = ["nopea.io/testimony", name, spec, edits];
  return toCanonicalJson(told.map(part => part ?? null));
}
