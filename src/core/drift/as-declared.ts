/** Whether a live object needs no closer look after a restart: what is as declared costs no request. */
import { covers } from "../../model/field-set";
import type { JsonObject } from "../../model/json";
import { declaredLeaves } from "./declared-leaves";
import { ownFieldsText, readFields } from "./own-fields";
import type { Reader } from "./snapshot";
import { compareThreeWay } from "./three-way";

/** True when every declared field is ours and spelled as declared: then a snapshot can be taken of the object as it is. */
export function isAsDeclared(declared: JsonObject, live: JsonObject, reader: Reader): boolean {
  const text = ownFieldsText(live, reader.fieldManager);
  if (text === undefined) return false;
  const ours = readFields(text);
  if (!declaredLeaves(declared, ours).every(path => covers(ours, path))) return false;
  const sides = { base: declared, desired: declared, live, snapshot: undefined };
  const drift = compareThreeWay(sides, reader);
  return drift.object === "present" && drift.fields.length === 0;
}
