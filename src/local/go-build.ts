/** Builds the control plane with Go: whole or not at all, and once, however many processes want it. */
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createGuard, type Guard } from "./guard";
import { withLock } from "./lock";

export interface BuildOptions {
  readonly module: string;
  /** The folder that will hold the programs. */
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

interface Program {
  readonly name: string;
  readonly source: string;
  readonly ldflags: string;
}

/** What is built, from which package, with which linker flags. */
export function programs(version: string): readonly Program[] {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const variable = (name: string, value: string) =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  const ldflags = [
    "-s -w",
    variable("gitVersion", version),
    variable("gitMajor", major),
    variable("gitMinor", minor),
  ].join(" ");
  return [
    { name: "etcd", source: "./etcd", ldflags: "-s -w" },
    ...["kube-apiserver", "kube-controller-manager", "kubectl"].map(name => ({
      name,
      source: `k8s.io/kubernetes/cmd/${name}`,
      ldflags,
    })),
  ];
}

/** Why Go can't build the module here; undefined when it can. */
export function goProblem(module: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1] ?? "";
  return new Promise(resolve => {
    execFile("go", ["version"], { cwd: module, env }, (error, _stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.code === "ENOENT") resolve("Go is not installed, so nothing can be built.");
      else resolve(`The installed Go can't build it (Go ${wanted} is needed): ${stderr.trim()}`);
    });
  });
}

/** Builds into a temporary folder and renames it, so that an interrupted build leaves nothing half. */
export async function buildWithGo(options: BuildOptions): Promise<void> {
  const { target, say } = options;
  await mkdir(dirname(target), { recursive: true });
  await withLock(
    `${target}.lock`,
    say,
    async free => {
      if (!free()) return;
      const version = basename(target).split("-")[0] ?? "";
      say(`Building the Kubernetes control plane ${version} with Go into ${target}.`);
      say("This takes 5 to 7 minutes the first time on two cores, and seconds ever after.");
      const started = Date.now();
      const temporary = `${target}.${process.pid}.tmp`;
      const guard = createGuard();
      guard.remove(temporary);
      try {
        const wanted = programs(version);
        for (const [index, program] of wanted.entries()) {
          const step = `${index + 1} of ${wanted.length}: ${program.name}`;
          await buildOne(program, join(temporary, program.name), { ...options, step, guard });
        }
        await rename(temporary, target);
      } finally {
        await guard.close();
      }
      say(`Built in ${seconds(started)} s.`);
    },
    target,
  );
}

async function buildOne(
  program: Program,
  output: string,
  { module, env, say, step, guard }: BuildOptions & { step: string; guard: Guard },
): Promise<void> {
  const started = Date.now();
  say(`  ${step} …`);
  const args = ["build", "-trimpath", "-ldflags", program.ldflags, "-o", output, program.source];
  const go = spawn("go", args, {
    cwd: module,
    env,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (go.pid !== undefined) guard.watch(go.pid);
  let errors = "";
  go.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const ended = new Promise<number | null>((resolve, reject) => {
    go.once("error", reject);
    go.once("close", resolve);
  });
  const stopTicking = new AbortController();
  const ticking = tick(() => say(`  ${step}: ${seconds(started)} s`), stopTicking.signal);
  const code = await ended.finally(() => stopTicking.abort());
  await ticking;
  if (go.pid !== undefined) guard.forget(go.pid);
  if (code !== 0) throw new Error(`go build ${program.source} failed: ${errors.trim()}`);
}

async function tick(say: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(15_000, undefined, { signal }).then(say, () => undefined);
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1_000);
}
