/** What the API server's refusals mean to nopea, in words that hold no Secret. */
import { NopeaError, type ErrorCode } from "../../model/errors";
import type { JsonObject } from "../../model/json";
import type { Desired } from "../../model/manifest";
import type { Fault } from "../../model/verdict";
import type { KubeAnswer } from "./client";
import { invalidFields } from "./quoted";
import {
  aboutNamespace,
  causesOf,
  immutableFields,
  isDenied,
  isLeaving,
  writeCode,
} from "./refusal";

/** True for 2xx, false for 404; throws for everything else, naming the path that was asked. */
export function failUnlessFound(answer: KubeAnswer, path: string): boolean {
  if (answer.status < 300) return true;
  if (answer.status === 404) return false;
  const message = `GET ${path}: ${answer.status} ${serverMessage(answer.body)}`.trimEnd();
  throw new NopeaError(readCode(answer, path), message);
}

/** What is asked, or what to take instead where its kind is unavailable; every other error stays one. */
export async function orUnavailable<T>(
  asking: Promise<T>,
  instead: (fault: Fault) => T,
): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof NopeaError) || error.code !== "kind-unavailable") throw error;
    return instead({ code: error.code, message: error.message });
  }
}

/** Groups may have servers of their own (APIServices) and conversion webhooks: the core group has neither. */
function readCode({ status }: KubeAnswer, path: string): ErrorCode {
  if (status === 403) return "object-forbidden";
  return status >= 500 && path.startsWith("/apis/") ? "kind-unavailable" : "cluster-unreachable";
}

/**
 * What the API server could not be asked for, as the fault of one object. Throws the signal's reason once that is
 * aborted (a timeout is a NopeaError too, but says nothing about this object), and whatever was not thrown on purpose.
 */
export function faultOf(error: unknown, signal: AbortSignal): Fault {
  signal.throwIfAborted();
  if (!(error instanceof NopeaError)) throw error;
  return { code: error.code, message: error.message };
}

/** The fault of a refused write. */
export function writeFault(answer: KubeAnswer, { key }: Pick<Desired, "key">): Fault {
  const code = writeCode(answer, key.group);
  const message = messageOf(answer, { code, isSecret: key.kind === "Secret" });
  return { code, message: message === "" ? `HTTP ${answer.status}` : message };
}

interface Refused {
  readonly code: ErrorCode;
  readonly isSecret: boolean;
}

function messageOf(answer: KubeAnswer, { code, isSecret }: Refused): string {
  // the server quotes the whole of what may not change
  if (code === "immutable-field") return shorten(immutableFields(answer).join("; "));
  if (isSecret) return withoutValues(answer);
  const invalid = isDenied(answer.body) ? undefined : invalidFields(answer.body);
  return invalid === undefined ? serverMessage(answer.body) : shorten(invalid);
}

/** True where a write met no namespace, or one that is going. */
export function hasNoPlace({ status, body }: KubeAnswer): boolean {
  return (status === 404 && aboutNamespace(body)) || (status === 403 && isLeaving(body));
}

/** The message of a Status, at most 1,000 characters. What it quotes of a value of the wrong type is left out. */
export function serverMessage(body: JsonObject): string {
  return typeof body.message === "string"
    ? shorten(body.message.replace(/, got &[^]*$/, ", got something else"))
    : "";
}

/** Refusals of a Secret quote what it holds: only the reason and the names of the fields are told. */
function withoutValues({ status, body }: KubeAnswer): string {
  // whoever denies it chooses all the words, the reason and the fields too
  if (isDenied(body)) return "a webhook or a policy denied the Secret (values are not shown)";
  const fields = causesOf(body).flatMap(({ field }) => (typeof field === "string" ? [field] : []));
  const reason = typeof body.reason === "string" ? body.reason : `HTTP ${status}`;
  const where = fields.length === 0 ? "" : ` at ${fields.join(", ")}`;
  return shorten(`the API server refused the Secret: ${reason}${where} (values are not shown)`);
}

function shorten(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 999)}…`;
}

/** A `test` of a JSON patch failed: an object that is invalid gets a 422 as well, but with causes. */
export function isAnother({ status, body }: KubeAnswer): boolean {
  return status === 422 && causesOf(body).length === 0 && !isDenied(body);
}

/** Managers whose fields an unforced apply met; empty for a 409 of another kind (a stale resourceVersion or uid). */
export function conflictingManagers(body: JsonObject): readonly string[] {
  const managers = causesOf(body)
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ message }) => firstQuoted(typeof message === "string" ? message : ""));
  return [...new Set(managers)];
}

/** Go quotes much as JSON does. */
function firstQuoted(message: string): string {
  const [quoted = '"unknown"'] = /"(?:[^"\\]|\\.)*"/.exec(message) ?? [];
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
