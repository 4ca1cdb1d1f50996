/** Asks how old the API server is. */
import type { Kube } from "./client";

const OLDEST_MINOR = 22;
const CONDITIONS_SINCE_MINOR = 30;

/** Why nopea cannot work with this API server; undefined when it can. Server-side apply is stable since 1.22. */
export async function versionProblem(kube: Kube, signal: AbortSignal): Promise<string | undefined> {
  const { version, major, minor } = await read(kube, signal);
  if (major !== "1" || Number(minor) >= OLDEST_MINOR) return undefined;
  return `Kubernetes ${version} is too old: nopea needs 1.${OLDEST_MINOR} or newer for server-side apply`;
}

/** Whether webhook configurations may have matchConditions; false where the server does not say how old it is. */
export async function hasMatchConditions(kube: Kube, signal: AbortSignal): Promise<boolean> {
  const { major, minor } = await read(kube, signal);
  return Number(major) > 1 || (major === "1" && Number(minor) >= CONDITIONS_SINCE_MINOR);
}

async function read(kube: Kube, signal: AbortSignal) {
  const { body } = await kube({ path: "/version", signal });
  const version = typeof body.gitVersion === "string" ? body.gitVersion : "";
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return { version, major, minor };
}
