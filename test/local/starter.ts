/** A process that starts a child with a grandchild under guard and then waits to be killed. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../../src/local/child";
import { createGuard } from "../../src/local/guard";

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "nopea-guard-"));
  const guard = createGuard();
  guard.remove(directory);
  const child = await startChild({
    name: "child",
    command: "sh",
    args: ["-c", "sleep 600 & echo $!; wait"],
    env: process.env,
    cwd: directory,
    log: join(directory, "child.log"),
    guard,
  });
  console.log(JSON.stringify({ child: child.pid, directory }));
  setInterval(() => undefined, 60_000);
}

void main();
