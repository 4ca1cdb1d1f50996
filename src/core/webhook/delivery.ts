/** Reads a delivery whose sender has proved itself: a push, something that is none, or nothing that can be read. */
import { isObject, type JsonObject } from "../../model/json";
import type { Provider, Push } from "../../model/webhook";
import type { Sender } from "./provider";

export type Delivery =
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "bad"; readonly problem: string };

const PUSH_EVENTS: Readonly<Record<Provider, string>> = {
  github: "push",
  gitea: "push",
  gitlab: "Push Hook",
};
const BRANCHES = "refs/heads/";
const TAGS = "refs/tags/";
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** The body of anything but a push is not looked at. */
export function readDelivery(
  { provider, event }: Sender,
  contentType: string | undefined,
  body: Uint8Array,
): Delivery {
  if (event !== PUSH_EVENTS[provider]) return { kind: "ignored", reason: otherEvent(event) };
  const payload = readPayload(contentType ?? "", body);
  if (payload === undefined) return bad("the body is no JSON object");
  return readPush(payload);
}

function otherEvent(event: string): string {
  return event === "ping"
    ? "ping: nopea is ready"
    : `${printable(event)} is not a push to a branch`;
}

function readPush({ ref, after, deleted }: JsonObject): Delivery {
  if (typeof ref !== "string") return bad('"ref" is missing: this is not what a push looks like');
  if (ref.startsWith(TAGS)) return { kind: "ignored", reason: "push of a tag" };
  if (!ref.startsWith(BRANCHES)) return { kind: "ignored", reason: "push to no branch" };
  if (typeof after !== "string" || !COMMIT.test(after)) {
    return bad('"after" is missing or not a commit: this is not what a push looks like');
  }
  if (deleted === true || /^0+$/.test(after)) {
    return { kind: "ignored", reason: "a branch was deleted" };
  }
  return { kind: "push", push: { branch: ref.slice(BRANCHES.length), commit: after } };
}

/** JSON, or a form with JSON in `payload`; undefined for everything else. */
function readPayload(contentType: string, body: Uint8Array): JsonObject | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType);
    const value: unknown = JSON.parse(
      isForm ? (new URLSearchParams(text).get("payload") ?? "") : text,
    );
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function bad(problem: string): Delivery {
  return { kind: "bad", problem };
}

/** A header of somebody who knows the secret; all the same nothing long or strange of it goes on. */
function printable(event: string): string {
  return event.replace(/[^\w .-]/g, "?").slice(0, 50);
}
