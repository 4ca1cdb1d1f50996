/** One process at a time does a piece of work whose result is a folder; the others wait for it. */
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs the work under a lock file that holds our pid. The work is told by `free()` whether the result
 * is still missing. A lock whose process is gone counts as free.
 */
export async function withLock(
  lock: string,
  say: (line: string) => void,
  work: (free: () => boolean) => Promise<void>,
  result: string,
): Promise<void> {
  let told = false;
  while (!(await take(lock))) {
    if (!told) say(`Another process is building ${result}; waiting for it.`);
    told = true;
    await sleep(500);
  }
  try {
    await work(() => !existsSync(result));
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
