/** Finds, builds or downloads the programs of the control plane. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { downloadEnvtest, envtestVersion } from "./envtest";
import { buildWithGo, goProblem, programs } from "./go-build";
import { cacheDirectory, localDirectory } from "./paths";

export interface Binaries {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  /** Absent in envtest archives: then no controllers run and namespaces are never emptied. */
  readonly controllerManager?: string;
}

export interface BinariesOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Where progress goes, a line at a time. */
  readonly say: Say;
}

type Say = (line: string) => void;

const module = join(localDirectory, "controlplane");

/** The programs, from KUBEBUILDER_ASSETS, the cache, Go, or the envtest release, whichever is first. */
export async function findBinaries(options: BinariesOptions): Promise<Binaries> {
  const env = options.env ?? process.env;
  const found = await locate(env, options.say);
  if (found.controllerManager === undefined) {
    options.say(
      `There is no kube-controller-manager beside ${found.apiServer}: no controllers run, deleted namespaces are not emptied and stay "Terminating".`,
    );
  }
  return found;
}

async function locate(env: NodeJS.ProcessEnv, say: Say): Promise<Binaries> {
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== "") return required(assets, "KUBEBUILDER_ASSETS");
  const cache = cacheDirectory(env);
  const built = join(cache, await moduleKey());
  const cached = inDirectory(built);
  if (cached !== undefined) return cached;
  const problems: string[] = [];
  for (const source of [
    { target: built, fill: buildOrExplain },
    { target: join(cache, `${envtestVersion}-envtest`), fill: downloadUnlessThere },
  ]) {
    const problem = await problemOf(() => source.fill(source.target, env, say));
    if (problem === undefined) return required(source.target, "The cache");
    say(problem);
    problems.push(problem);
  }
  throw new Error(noBinaries(problems));
}

async function problemOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function buildOrExplain(target: string, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  const problem = await goProblem(module, env);
  if (problem !== undefined) throw new Error(problem);
  await buildWithGo({ module, target, env, say });
}

async function downloadUnlessThere(
  target: string,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<void> {
  if (inDirectory(target) === undefined) await downloadEnvtest({ target, env, say });
}

function noBinaries(problems: readonly string[]): string {
  return [
    "There is no Kubernetes control plane to run nopea on:",
    ...problems.map(problem => `  - ${problem}`),
    "One of these helps: install Go from https://go.dev/dl/ and run this again, or set NOPEA_ENVTEST_URL to",
    "a place that serves the envtest archives, or set KUBEBUILDER_ASSETS to a folder that holds etcd,",
    "kube-apiserver and kubectl (and kube-controller-manager, if namespaces should be emptied).",
  ].join("\n");
}

function required(directory: string, source: string): Binaries {
  const found = inDirectory(directory);
  if (found !== undefined) return found;
  const missing = ["etcd", "kube-apiserver", "kubectl"].filter(
    name => !existsSync(join(directory, name)),
  );
  throw new Error(
    `${source} points to ${directory}, which lacks ${missing.join(", ")}: put them there or unset it.`,
  );
}

function inDirectory(directory: string): Binaries | undefined {
  const path = (name: string) => join(directory, name);
  const binaries = {
    etcd: path("etcd"),
    apiServer: path("kube-apiserver"),
    kubectl: path("kubectl"),
  };
  if (!Object.values(binaries).every(file => existsSync(file))) return undefined;
  const controllerManager = path("kube-controller-manager");
  return existsSync(controllerManager) ? { ...binaries, controllerManager } : binaries;
}

async function moduleKey(): Promise<string> {
  const files = await Promise.all(
    ["go.mod", "go.sum", "etcd/main.go"].map(name => readFile(join(module, name), "utf8")),
  );
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(files[0] ?? "")?.[1] ?? "unknown";
  const hash = createHash("sha256")
    .update(JSON.stringify([files, programs(version), process.platform, process.arch]))
    .digest("hex");
  return `${version}-${hash.slice(0, 12)}`;
}
