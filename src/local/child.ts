/** A child process of the local run: logged to a file, ended with its starter, known to have ended. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Guard } from "./guard";

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly log: string;
  readonly guard: Guard;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** What it was started with, for whoever starts it again. */
  readonly options: ChildOptions;
  /** Fulfilled with one sentence when the process has ended. */
  readonly ended: Promise<string>;
  running(): boolean;
  /** The last lines of its log. */
  tail(lines?: number): Promise<string>;
  /** Sends the signal, and SIGKILL after the grace; fulfilled when the process is gone. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

/** Starts a process in a group of its own (so that Ctrl-C reaches only us) and puts it under guard. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.log, "a");
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", cause => reject(new Error(`${options.name} does not start`, { cause })));
  });
  const pid = child.pid ?? 0;
  options.guard.watch(pid);
  const ended = new Promise<string>(resolve => {
    child.once("exit", (code, signal) => {
      options.guard.forget(pid);
      resolve(`${options.name} ended with ${signal ?? `exit code ${code ?? "unknown"}`}`);
    });
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    name: options.name,
    pid,
    log: options.log,
    options,
    ended,
    running,
    tail: async (lines = 20) => lastLines(await readFile(options.log, "utf8"), lines),
    stop: async (signal = "SIGTERM", graceMs = 5_000) => {
      if (!running()) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** A promise that fails as soon as one of the processes ends, with the end of its log. */
export async function firstFailure(children: readonly Child[]): Promise<never> {
  const [sentence, child] = await Promise.race(
    children.map(async child => [await child.ended, child] as const),
  );
  throw new Error(`${sentence}; the end of ${child.log}:\n${await child.tail()}`);
}

function lastLines(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
