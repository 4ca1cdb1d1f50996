/** Whether a live object needs no closer look after a restart: what is as declared costs no request. */
import { covers } from "../../model/field-set";
import type { JsonObject } from "../../model/json";
import { declaredLeaves } from "./declared-leaves";
import { meets } from "./equality";
import { ownFieldsText, readFields } from "./own-fields";
import { isOwnMark } from "./own-marks";
import { project } from "./project";

/** True when every declared field is ours and spelled as declared: then a snapshot can be taken of the object as it is. */
export function isAsDeclared(
  declared: JsonObject,
  live: JsonObject,
  fieldManager: string,
): boolean {
  const text = ownFieldsText(live, fieldManager);
  if (text === undefined) return false;
  const ours = readFields(text);
  if (!declaredLeaves(declared, ours).every(path => covers(ours, path))) return false;
  const wanted = project(declared, ours);
  return project(live, ours).every(({ path, counts, value }, at) => {
    if (isOwnMark(path)) return true;
    const asDeclared = wanted[at]?.value;
    return counts === "presence"
      ? (value === undefined) === (asDeclared === undefined)
      : meets(value, asDeclared);
  });
}
