/** The nopea command as people run it: built as it is shipped, as one user, in a pipe or in a terminal. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeKubeconfig, type Access } from "../../src/local/access";
import { projectRoot } from "../../src/local/paths";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltCommand {
  /** Where `nopea` and `kubectl-nopea` are. */
  readonly dir: string;
  /** A kubeconfig of one user. */
  kubeconfig(name: string, access: Access): Promise<string>;
  /** Runs it; `seen` is told of what is printed and may send a signal. */
  run(args: readonly string[], options: RunOptions): Promise<Ran>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly kubeconfig: string;
  readonly as?: "nopea" | "kubectl-nopea";
  readonly env?: Readonly<Record<string, string>>;
  readonly seen?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Builds it into a directory of its own. */
export async function buildCommand(): Promise<BuiltCommand> {
  const dir = await mkdtemp(join(tmpdir(), "nopea-command-"));
  const file = join(dir, "nopea");
  await promisify(execFile)(process.execPath, [join(projectRoot, "src/cli/build.mjs"), file]);
  await symlink(file, join(dir, "kubectl-nopea"));
  return {
    dir,
    kubeconfig: async (name, access) => {
      const path = join(dir, `${name}.kubeconfig`);
      await writeKubeconfig(path, access);
      return path;
    },
    run: (args, options) => run(join(dir, options.as ?? "nopea"), args, options),
    remove: () => rm(dir, { recursive: true }),
  };
}

function run(
  file: string,
  args: readonly string[],
  { kubeconfig, env = {}, seen }: RunOptions,
): Promise<Ran> {
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, ...env, KUBECONFIG: kubeconfig },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    seen?.(stdout, signal => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => resolve({ code, stdout, stderr }));
  });
}
