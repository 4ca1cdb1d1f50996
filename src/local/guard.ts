/** A watchdog process that outlives its starter just long enough to end what the starter left running. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { localDirectory } from "./paths";

export interface Guard {
  /** The process group of this pid dies with us. */
  watch(pid: number): void;
  /** This process has ended: its pid may soon be somebody else's. */
  forget(pid: number): void;
  /** This directory goes with us. */
  remove(directory: string): void;
  /** Ends the guard; what it still watches dies now. */
  close(): Promise<void>;
}

/** Starts a guard: a shell that waits for the end of our pipe, which a kill -9 closes too. */
export function createGuard(): Guard {
  const shell = spawn("sh", [join(localDirectory, "guard.sh")], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>(resolve => shell.once("close", () => resolve()));
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  const tell = (line: string) => shell.stdin.write(`${line}\n`);
  return {
    watch: pid => tell(`watch ${pid}`),
    forget: pid => tell(`forget ${pid}`),
    remove: directory => tell(`remove ${directory}`),
    close: () => {
      shell.ref();
      shell.stdin.end();
      return ended;
    },
  };
}
