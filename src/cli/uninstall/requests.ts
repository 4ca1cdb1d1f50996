/** Reads and deletes single objects; a refusal ends the command. */
import { setTimeout as sleep } from "node:timers/promises";
import { serverMessage } from "../../adapters/kube/faults";
import { objectPath } from "../../adapters/kube/paths";
import type { JsonObject } from "../../model/json";
import { CommandError, type Context } from "../context";
import { part } from "../api/fields";
import type { Part } from "./parts";

/** `Deployment pepr-system/pepr-nopea` */
export function nameOf({ kind, namespace, name }: Part): string {
  return `${kind.kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** Undefined: it is not there. */
export async function find(
  { kube, signal }: Context,
  wanted: Part,
): Promise<JsonObject | undefined> {
  const answer = await kube({ path: objectPath(wanted.kind, wanted), signal });
  if (answer.status === 404) return undefined;
  if (answer.status < 300) return answer.body;
  throw failed(`${nameOf(wanted)} cannot be read`, answer);
}

/** False where there was nothing to delete. The object may still be there for a while. */
export async function remove({ kube, signal }: Context, wanted: Part): Promise<boolean> {
  const path = objectPath(wanted.kind, wanted);
  const body = JSON.stringify({ propagationPolicy: "Background" });
  const contentType = "application/json";
  const answer = await kube({ method: "DELETE", path, body, contentType, signal });
  if (answer.status < 300) return true;
  if (answer.status === 404) return false;
  throw failed(`${nameOf(wanted)} cannot be deleted`, answer);
}

function failed(what: string, answer: { readonly status: number; readonly body: JsonObject }) {
  const why = `${answer.status} ${serverMessage(answer.body)}`.trimEnd();
  return new CommandError(
    `${what}: ${why}\nWhat was deleted before stays deleted: mend this, and run nopea uninstall again.`,
  );
}

/** True where it is being deleted. */
export function isLeaving(object: JsonObject): boolean {
  return part(object, "metadata").deletionTimestamp !== undefined;
}

/** True as soon as the part is gone; false after the time. */
export async function untilGone(context: Context, wanted: Part, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while ((await find(context, wanted)) !== undefined) {
    if (performance.now() > end) return false;
    await sleep(500, undefined, { signal: context.signal });
  }
  return true;
}
