/** Counts requests to the API server by reading its audit log. */
import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface AuditedRequest {
  readonly at: number;
  readonly user: string;
  readonly impersonated: string;
  /** Extra attributes of the impersonated user. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly userAgent: string;
  readonly verb: string;
  readonly uri: string;
  /** "configmaps", "deployments/scale". */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  /** What was sent: an object, or a JSON patch. */
  readonly body: unknown;
}

interface AuditEvent {
  readonly stage: string;
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: {
    readonly username?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly userAgent?: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: unknown;
}

// A request is logged just after it was answered.
const settleMs = 150;

/** A mark at the end of the log as it is now. */
export async function auditMark(log: string): Promise<number> {
  await sleep(settleMs);
  return (await stat(log)).size;
}

/** The requests that were logged since the mark, started watches among them. */
export async function requestsSince(
  log: string,
  mark: number,
  by: { readonly user?: string } = {},
): Promise<AuditedRequest[]> {
  await sleep(settleMs);
  const text = await readFrom(log, mark);
  return text
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(isOnce)
    .map(requestOf)
    .filter(request => by.user === undefined || request.user === by.user);
}

// A watch is logged when it starts and again when it ends: only the start counts.
function isOnce({ stage, verb }: AuditEvent): boolean {
  return verb === "watch" ? stage === "ResponseStarted" : stage === "ResponseComplete";
}

async function readFrom(log: string, mark: number): Promise<string> {
  const file = await open(log);
  try {
    // with the byte before the mark: a line that was being written when it was taken is from before it
    const from = Math.max(mark - 1, 0);
    const length = (await file.stat()).size - from;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
    const start = mark === 0 ? 0 : buffer.indexOf(0x0a) + 1;
    return buffer.toString("utf8", start, buffer.lastIndexOf(0x0a) + 1);
  } finally {
    await file.close();
  }
}

function requestOf(event: AuditEvent): AuditedRequest {
  return {
    at: Date.parse(event.requestReceivedTimestamp),
    user: event.user.username,
    ...impersonationOf(event),
    userAgent: event.userAgent ?? "",
    verb: event.verb,
    uri: event.requestURI,
    code: event.responseStatus?.code ?? 0,
    body: event.requestObject,
    ...objectOf(event.objectRef ?? {}),
  };
}

function impersonationOf({ impersonatedUser: { username = "", extra = {} } = {} }: AuditEvent) {
  return { impersonated: username, extra };
}

function objectOf(ref: NonNullable<AuditEvent["objectRef"]>) {
  const { resource = "", subresource, namespace = "", name = "" } = ref;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return { resource: full, namespace, name };
}
