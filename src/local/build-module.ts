/** Builds the Pepr module as `npx pepr build` does, when its sources are newer than what is in dist/. */
import { mkdtemp, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "./child";
import { bareEnvironment } from "./environment";
import { createGuard } from "./guard";

const limitMs = 300_000;
const tooLong =
  "npx pepr build does not end: something at import (a timer, a listener, a watch) keeps the module alive";
const products = ["pepr-nopea.js", "pepr-module-nopea.yaml"];
const sources = ["pepr.ts", "package.json", "tsconfig.json", "capabilities", "src"];
const notPartOfIt = ["src/local", "src/cli"];

/** Returns when dist/ is as new as the sources; fails with the end of the build's output. */
export async function buildModule(root: string, say: (line: string) => void): Promise<void> {
  if (await isFresh(root)) return;
  say("Building the Pepr module (npx pepr build); this takes a minute or two …");
  const started = Date.now();
  const output = await run(root);
  const builtAt = await Promise.all(products.map(name => changedAt(join(root, "dist", name))));
  // Pepr ends with 0 and no manifest when the module throws while it is loaded.
  if (Math.min(...builtAt) < started - 1_000) {
    throw new Error(`npx pepr build left no new ${products.join(" or ")}:\n${output}`);
  }
  say(`Built in ${((Date.now() - started) / 1_000).toFixed(1)} s.`);
}

async function isFresh(root: string): Promise<boolean> {
  const built = await Promise.all(products.map(name => changedAt(join(root, "dist", name))));
  const changed = await Promise.all(sources.map(name => newest(root, name)));
  return Math.min(...built) >= Math.max(...changed);
}

async function newest(root: string, path: string): Promise<number> {
  if (notPartOfIt.includes(path)) return 0;
  const entries = await readdir(join(root, path)).catch(() => undefined);
  if (entries === undefined) return changedAt(join(root, path));
  const times = await Promise.all(entries.map(entry => newest(root, `${path}/${entry}`)));
  return Math.max(0, ...times);
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    found => found.mtimeMs,
    () => 0,
  );
}

async function run(root: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-build-"));
  const guard = createGuard();
  guard.remove(directory);
  try {
    const build = await startChild({
      name: "npx pepr build",
      command: "npx",
      args: ["--no-install", "pepr", "build"],
      env: bareEnvironment(),
      cwd: root,
      log: join(directory, "build.log"),
      guard,
    });
    const late = sleep(limitMs, tooLong, { ref: false });
    const end = await Promise.race([build.ended, late]);
    const output = await build.tail(60);
    if (!end.endsWith("exit code 0")) throw new Error(`${end}:\n${output}`);
    return output;
  } finally {
    await guard.close();
  }
}
