/** Where things are: the project, what belongs to the local run, and the cache of built programs. */
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const localDirectory = dirname(fileURLToPath(import.meta.url));
export const projectRoot = join(localDirectory, "..", "..");

/** The folder in the user's cache that holds built control planes. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const xdg = env.XDG_CACHE_HOME;
  const base = xdg === undefined || xdg === "" ? join(homedir(), ".cache") : xdg;
  return join(base, "nopea", "controlplane");
}
