/** What a stranger does: a copy of the project as Git has it, and README.md's own lines typed in it. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { eventually } from "../../src/local/eventually";
import { projectRoot } from "../../src/local/paths";
import { scriptOf } from "../readme/readme";
import { run } from "./programs";

export interface Stranger {
  /** Runs a block of README.md as it stands, in bash, and returns what it printed. */
  types(block: string): Promise<string>;
  /** Runs it until it prints the words, then Ctrl-C; returns when all that it started has closed its output. */
  typesUntil(block: string, words: string): Promise<void>;
}

/** Copies what Git tracks, as it is in the working tree: no dependencies, nothing built. */
export async function stranger(): Promise<Stranger> {
  const dir = mkdtempSync(join(tmpdir(), "nopea-stranger-"));
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  const files = (await run("git", "ls-files", "-z")).split("\0").filter(name => name !== "");
  for (const name of files) cpSync(join(projectRoot, name), join(dir, name));
  const script = (block: string) => [
    "-euo",
    "pipefail",
    "-c",
    `cd '${dir}'\n${scriptOf(`run on a cluster: ${block}`)}`,
  ];
  return {
    types: block => run("bash", ...script(block)),
    typesUntil: (block, words) => interrupted(script(block), words),
  };
}

async function interrupted(script: readonly string[], words: string): Promise<void> {
  // a group of its own, because Ctrl-C reaches the whole group
  const child = spawn("bash", script, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (data: string) => (output += data));
  }
  const toTheGroup = (signal: NodeJS.Signals) => {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (!isOver && child.pid !== undefined) process.kill(-child.pid, signal);
  };
  try {
    await eventually(
      () => {
        if (output.includes(words)) return true;
        throw new Error(`not printed: ${words}\n${output.slice(-4000)}`);
      },
      900_000,
      200,
    );
    toTheGroup("SIGINT");
    // bash dies of the Ctrl-C that it saw, when what it runs has ended
    const [code, signal] = (await ended) as [number | null, string | null];
    if (code !== 0 && signal !== "SIGINT") {
      throw new Error(`ended with ${code ?? signal}\n${output.slice(-4000)}`);
    }
  } finally {
    toTheGroup("SIGKILL");
  }
}
