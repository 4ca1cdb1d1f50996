/** Builds the Pepr module as `npx pepr build` does, when its sources are newer than what is in dist/. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { bareEnvironment } from "./environment";

const products = ["pepr-nopea.js", "pepr-module-nopea.yaml"];
const sources = ["pepr.ts", "package.json", "tsconfig.json", "capabilities", "src"];
const notPartOfIt = ["src/local", "src/cli"];

/** Returns when dist/ is as new as the sources; fails with the end of the build's output. */
export async function buildModule(root: string, say: (line: string) => void): Promise<void> {
  if (await isFresh(root)) return;
  say("Building the Pepr module (npx pepr build) …");
  const started = Date.now();
  const output = await run(root);
  const missing = products.filter(name => !existsSync(join(root, "dist", name)));
  // Pepr ends with 0 and no manifest when the module throws while it is loaded.
  if (missing.length > 0 || !(await isFresh(root))) {
    throw new Error(
      `npx pepr build left no new ${products.join(" or ")}:\n${output.slice(-4_000)}`,
    );
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

function run(root: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const build = spawn("npx", ["--no-install", "pepr", "build"], {
      cwd: root,
      env: bareEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer) => (output += chunk.toString());
    build.stdout.on("data", keep);
    build.stderr.on("data", keep);
    build.once("error", reject);
    build.once("close", code => {
      if (code === 0) resolve(output);
      else reject(new Error(`npx pepr build failed:\n${output.slice(-4_000)}`));
    });
  });
}
