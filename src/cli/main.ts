/** The `nopea` command: what is typed becomes one of its commands, in the terminal that it is typed in. */
import { setMaxListeners } from "node:events";
import { COMMANDS } from "./command-list";
import { explain } from "./explain";
import { createFrame, INTERRUPTED } from "./frame";
import { calledAs, createProgram } from "./program";

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
