/** Which values must appear nowhere, and how the others are written. */
import type { FieldPath } from "../../model/field-path";
import { HIDDEN, type FieldValue } from "../../model/drift";
import { toCanonicalJson, type Json, type JsonObject } from "../../model/json";

/** True for what a Secret keeps. Asked of the manifest: the items of a list do not say what they are. */
export function isHidden({ apiVersion, kind }: JsonObject, [first]: FieldPath): boolean {
  if (apiVersion !== "v1" || kind !== "Secret" || first?.kind !== "field") return false;
  return first.name === "data" || first.name === "stringData";
}

/** A value of a field as it is told. */
export function tell(value: Json | undefined, hidden: boolean): FieldValue {
  if (value === undefined) return undefined;
  return hidden ? HIDDEN : toCanonicalJson(value);
}
