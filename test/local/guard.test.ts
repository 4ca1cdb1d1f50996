/** The guard: whatever way the starter goes, what it started goes too. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { eventually } from "../../src/local/eventually";

const starter = fileURLToPath(new URL("./starter.ts", import.meta.url));

/** False for a zombie too: it has died, and only nobody has asked how. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !readFileSync(stat, "utf8").includes(") Z ");
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a starter that dies of %s: its child, its grandchild and its folder are gone",
  async signal => {
    const parent = spawn(process.execPath, ["--import", "tsx", starter], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>(resolve => {
      parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    });
    const { child, directory } = JSON.parse(line) as { child: number; directory: string };
    const log = join(directory, "child.log");
    const grandchild = await eventually(
      () => Number(readFileSync(log, "utf8")) || undefined,
      5_000,
    );
    expect([child, grandchild].map(isAlive)).toEqual([true, true]);
    parent.kill(signal);
    await eventually(() => !isAlive(child) && !isAlive(grandchild), 5_000);
    await eventually(() => !existsSync(directory), 5_000);
  },
);
