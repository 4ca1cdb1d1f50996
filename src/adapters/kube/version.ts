/** Asks how old the API server is. */
import type { Kube } from "./client";
import { serverMessage } from "./faults";

const OLDEST_MINOR = 22;
const CONDITIONS_SINCE_MINOR = 30;

/** What it says ("" where it says nothing), and its parts. */
export interface ServerVersion {
  readonly version: string;
  readonly major: string | undefined;
  readonly minor: string | undefined;
}

/** Why nopea cannot work with this API server; undefined when it can. Server-side apply is stable since 1.22. */
export function versionProblem({ version, major, minor }: ServerVersion): string | undefined {
  if (major !== "1" || Number(minor) >= OLDEST_MINOR) return undefined;
  return `Kubernetes ${version} is too old: nopea needs 1.${OLDEST_MINOR} or newer for server-side apply`;
}

/** Whether webhook configurations may have matchConditions; false where the server does not say how old it is. */
export function hasMatchConditions({ major, minor }: ServerVersion): boolean {
  return Number(major) > 1 || (major === "1" && Number(minor) >= CONDITIONS_SINCE_MINOR);
}

/** One request. Rejects while the API server does not answer it. */
export async function readVersion(kube: Kube, signal: AbortSignal): Promise<ServerVersion> {
  const { status, body } = await kube({ path: "/version", signal });
  if (status >= 300) throw new Error(`GET /version: ${status} ${serverMessage(body)}`.trimEnd());
  const version = typeof body.gitVersion === "string" ? body.gitVersion : "";
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return { version, major, minor };
}
