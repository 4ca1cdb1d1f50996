/** The `nopea` command: what is typed becomes one of its commands, in the terminal that it is typed in. */
import { setMaxListeners } from "node:events";
import { addCompletion } from "./commands/completion";
import { addDiff } from "./commands/diff";
import { addDoctor } from "./commands/doctor";
import { addDrift } from "./commands/drift";
import { addEvents } from "./commands/events";
import { addRender } from "./commands/render";
import { addResume } from "./commands/resume";
import { addStatus } from "./commands/status";
import { addSuspend } from "./commands/suspend";
import { addSync } from "./commands/sync";
import { addUninstall } from "./commands/uninstall";
import { explain } from "./explain";
import { createFrame, INTERRUPTED } from "./frame";
import { calledAs, createProgram, type Adding } from "./program";
import type { LiveFrame } from "./run";

/** In the order of the help. */
const COMMANDS: readonly Adding<LiveFrame>[] = [
  addStatus,
  addDrift,
  addEvents,
  addDiff,
  addSync,
  addSuspend,
  addResume,
  addRender,
  addDoctor,
  addUninstall,
  addCompletion,
];

async function main([, path, ...args]: readonly string[]): Promise<void> {
  const interrupted = new AbortController();
  // each request listens
  setMaxListeners(0, interrupted.signal);
  process.once("SIGINT", () => {
    process.exitCode = INTERRUPTED;
    interrupted.abort();
  });
  // whoever reads has seen enough: `| head`
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode);
  });
  const frame = createFrame({
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: () => Date.now(),
    signal: interrupted.signal,
    exit: code => (process.exitCode = code),
  });
  const program = createProgram(calledAs(path), frame, COMMANDS);
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
  } catch (error) {
    const { message, exitCode } = explain(error);
    if (message !== "") process.stderr.write(`error: ${message}\n`);
    process.exitCode = exitCode;
  }
}

void main(process.argv);
