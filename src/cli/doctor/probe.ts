/** Reads objects for checks: what may not be read is an answer too. */
import type { KubeAnswer } from "../../adapters/kube/client";
import { serverMessage } from "../../adapters/kube/faults";
import type { JsonObject } from "../../model/json";
import { parts } from "../api/fields";
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

/** True where the condition is there and True. */
export function hasCondition(object: JsonObject, type: string): boolean {
  return parts(object.status, "conditions").some(
    condition => condition.type === type && condition.status === "True",
  );
}
