/** What it costs to get 100 files out of a large repository, twice: nopea's client, stock isomorphic-git, and git itself. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { projectRoot } from "../../src/local/paths";
import type { GitServer, ServedRepository } from "../../src/local/git-server";
import type { ClientResult } from "./git-client";

export interface Monorepo {
  readonly server: GitServer;
  readonly repository: ServedRepository;
}

export interface GitCost {
  readonly client: string;
  readonly commit: "first" | "second";
  readonly milliseconds: number;
  /** None where it can't be told. */
  readonly megabytes: readonly number[];
  readonly kilobytes: number;
}

const PATH = "apps/team-7";
const run = promisify(execFile);

/** `bytes` of what does not compress: one blob of half of them, the rest in 20,000 files at most; 100 of them under PATH. */
export async function createMonorepo(
  server: GitServer,
  name: string,
  bytes: number,
): Promise<Monorepo> {
  const repository = await server.create(name);
  const size = 2_500;
  const count = Math.min(20_000, Math.floor(bytes / 2 / size));
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `apps/other-${Math.floor(index / 100)}/file-${index}.bin`,
      noise(index, size),
    ]),
  );
  await repository.commit({ ...files, ...manifests("0"), "media/video.bin": noise(-1, bytes / 2) });
  await repository.git("repack", "-adq");
  return { server, repository };
}

/** Each client in turn, in a process of its own, on a repository of its own. */
export async function compareClients(make: () => Promise<Monorepo>): Promise<readonly GitCost[]> {
  const costs: GitCost[] = [];
  for (const client of ["nopea", "isomorphic-git", "git"]) {
    const monorepo = await make();
    monorepo.server.forget();
    const measure = client === "git" ? measureGit : measureClient;
    costs.push(...(await measure(monorepo, client)));
  }
  return costs;
}

async function measureClient(monorepo: Monorepo, client: string): Promise<readonly GitCost[]> {
  const script = join(projectRoot, "test", "bench", "git-client.ts");
  const args = ["--import", "tsx", script, client, monorepo.repository.url, PATH];
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (commit: GitCost["commit"]): Promise<GitCost> => {
    const line = await lines.next();
    const { milliseconds, megabytes, files } = JSON.parse(String(line.value)) as ClientResult;
    if (files !== 100) throw new Error(`${client} has read ${files} files instead of 100`);
    return {
      client,
      commit,
      milliseconds,
      megabytes: [megabytes],
      kilobytes: await sent(monorepo),
    };
  };
  const first = await next("first");
  await secondCommit(monorepo);
  child.stdin.write("go on\n");
  return [first, await next("second")];
}

/** Its memory is that of several processes, and is left out. */
async function measureGit(monorepo: Monorepo, client: string): Promise<readonly GitCost[]> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-bench-clone-"));
  const git = (...args: string[]) => run("git", ["-C", directory, ...args]);
  const timed = async (commit: GitCost["commit"], commands: readonly (readonly string[])[]) => {
    const started = performance.now();
    for (const command of commands) await git(...command);
    const milliseconds = performance.now() - started;
    const kilobytes = await sent(monorepo);
    return { client, commit, milliseconds, megabytes: [], kilobytes } as const;
  };
  const partial = ["--depth", "1", "--filter=blob:none"];
  const { url } = monorepo.repository;
  const first = await timed("first", [
    ["clone", "-q", ...partial, "--sparse", url, "."],
    ["sparse-checkout", "set", PATH],
  ]);
  await secondCommit(monorepo);
  const second = await timed("second", [
    ["fetch", "-q", ...partial, "origin", "main"],
    ["reset", "-q", "--hard", "FETCH_HEAD"],
  ]);
  await rm(directory, { recursive: true, force: true });
  return [first, second];
}

async function secondCommit({ server, repository }: Monorepo): Promise<void> {
  server.forget();
  await repository.commit({
    [`${PATH}/cm-7.yaml`]: manifest(7, "changed"),
    "apps/other-3/new.bin": noise(7, 1000),
  });
}

/** Kilobytes of the answers so far. */
async function sent({ server }: Monorepo): Promise<number> {
  // the server hears of the end of its answer a moment later
  await new Promise(resolve => setTimeout(resolve, 100));
  return server.requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0) / 1000;
}

function manifests(value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`${PATH}/cm-${index}.yaml`, manifest(index, value)]),
  );
}

function manifest(index: number, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm-${index}\ndata:\n  value: "${value}"\n`;
}

/** The same bytes at every run. */
function noise(seed: number, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes; at += 64) {
    parts.push(createHash("sha512").update(`${seed} ${at}`).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}
