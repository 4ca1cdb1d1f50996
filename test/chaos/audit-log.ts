/** Reads the writes out of an API server's audit log. */
import { open, stat } from "node:fs/promises";
import type { KubeObject } from "../../src/local/kube-types";
import type { AuditedWrite } from "./facts";

/** Only writes are logged, with what was answered: what the oracle needs, and no list of everything. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    { level: "RequestResponse" },
  ],
};

interface AuditEvent {
  readonly stageTimestamp: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username?: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly responseObject?: Partial<KubeObject>;
}

/** Where the log ends now. */
export async function endOf(log: string): Promise<number> {
  return (await stat(log)).size;
}

/** The writes that were logged behind a place, as far as lines are whole. */
export async function writesSince(log: string, mark: number): Promise<AuditedWrite[]> {
  const file = await open(log);
  try {
    const length = (await file.stat()).size - mark;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, mark);
    const lines = buffer.toString("utf8", 0, buffer.lastIndexOf(0x0a) + 1).split("\n");
    return lines.flatMap(line => {
      const event = parse(line);
      return event === undefined ? [] : [writeOf(event)];
    });
  } finally {
    await file.close();
  }
}

/** A line that was being written when an API server was killed is none. */
function parse(line: string): AuditEvent | undefined {
  try {
    return line === "" ? undefined : (JSON.parse(line) as AuditEvent);
  } catch {
    return undefined;
  }
}

function writeOf(event: AuditEvent): AuditedWrite {
  const { responseObject: response = {} } = event;
  return {
    at: Date.parse(event.stageTimestamp),
    user: event.impersonatedUser?.username ?? event.user.username,
    verb: event.verb,
    ...targetOf(event.objectRef ?? {}, response),
    code: event.responseStatus?.code ?? 0,
    isDryRun: event.requestURI.includes("dryRun=All"),
    response,
  };
}

/** Whoever creates names the object in the body only. */
function targetOf(
  { resource = "", subresource, namespace = "", name }: NonNullable<AuditEvent["objectRef"]>,
  { metadata }: Partial<KubeObject>,
) {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return { resource: full, namespace, name: name ?? metadata?.name ?? "" };
}
