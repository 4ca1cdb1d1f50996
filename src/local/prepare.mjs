/** What must be there before TypeScript can run: a Node that is new enough, and the dependencies. Plain JavaScript. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const oldest = [20, 19];

/** Ends the process with one sentence when Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(
    `nopea needs Node ${oldest.join(".")} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org and run this again.`,
  );
  process.exit(1);
}

/** Runs `npm ci` when node_modules is missing or older than the lock file. */
export function installDependencies() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Installing dependencies (npm ci) …");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit" });
  if (npm.status === 0) return;
  console.error("npm ci failed (its reasons are above): mend that and run this again.");
  process.exit(1);
}
