/** Reads objects for checks: what may not be read is an answer too. */
import type { KubeAnswer } from "../../adapters/kube/client";
import { serverMessage } from "../../adapters/kube/faults";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { Context } from "../context";
import { warning, type Finding } from "./finding";

export type Probed =
  | { readonly state: "found"; readonly object: JsonObject }
  | { readonly state: "absent" }
  | { readonly state: "unreadable"; readonly why: string };

/** One object, or a list of them. */
export async function probe({ kube, signal }: Context, path: string): Promise<Probed> {
  return probedOf(await kube({ path, signal }));
}

function probedOf({ status, body }: KubeAnswer): Probed {
  if (status < 300) return { state: "found", object: body };
  if (status === 404) return { state: "absent" };
  return { state: "unreadable", why: `${status} ${serverMessage(body)}`.trimEnd() };
}

/** The warning for what could not be looked at. */
export function unreadable(check: string, why: string): Finding {
  return warning(check, `not looked at: ${why}`, "run doctor as somebody who may read it");
}

/** A part of an object; {} where it is none. */
export function part(value: Json | undefined, name: string): JsonObject {
  const below = isObject(value) ? value[name] : undefined;
  return isObject(below) ? below : {};
}

/** A list of objects in an object; [] where there is none. */
export function items(value: Json | undefined, name: string): readonly JsonObject[] {
  const below = isObject(value) ? value[name] : undefined;
  return isList(below) ? below.filter(isObject) : [];
}

/** True where the condition is there and True. */
export function hasCondition(object: JsonObject, type: string): boolean {
  return items(object.status, "conditions").some(
    condition => condition.type === type && condition.status === "True",
  );
}
