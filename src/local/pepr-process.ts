/** One of the two Pepr processes: started, asked whether it is healthy, killed and started again. */
import { join } from "node:path";
import { Agent, request } from "undici";
import { firstFailure, startChild, type Child } from "./child";
import { eventually } from "./eventually";
import type { Guard } from "./guard";
import { peprName } from "./pepr-manifest";

export interface PeprProcessOptions {
  readonly name: "watcher" | "admission";
  readonly root: string;
  readonly logDirectory: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly guard: Guard;
}

export interface PeprProcess {
  readonly name: string;
  /** Pepr's own HTTPS port. */
  readonly port: number;
  readonly log: string;
  pid(): number;
  running(): boolean;
  /** Fulfilled with one sentence when the process that runs now ends. */
  ended(): Promise<string>;
  tail(lines?: number): Promise<string>;
  /** Returns when it is healthy, with the milliseconds that took. */
  start(): Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it with the signal (default SIGKILL) and starts it again; milliseconds until it was healthy. */
  restart(signal?: NodeJS.Signals): Promise<number>;
}

const healthyWithinMs = 60_000;

/** Describes the process and starts it for the first time. */
export async function startPeprProcess(options: PeprProcessOptions): Promise<PeprProcess> {
  const log = join(options.logDirectory, `${options.name}.log`);
  let child = await spawnModule(options, log);
  const healthy = async () => {
    const since = Date.now();
    await Promise.race([untilHealthy(options.port), firstFailure([child])]);
    return Date.now() - since;
  };
  const start = async () => {
    if (!child.running()) child = await spawnModule(options, log);
    return healthy();
  };
  const stop = (signal?: NodeJS.Signals) => child.stop(signal);
  await healthy();
  return {
    name: options.name,
    port: options.port,
    log,
    pid: () => child.pid,
    running: () => child.running(),
    ended: () => child.ended,
    tail: lines => child.tail(lines),
    start,
    stop,
    restart: async (signal = "SIGKILL") => {
      await stop(signal);
      return start();
    },
  };
}

function spawnModule(options: PeprProcessOptions, log: string): Promise<Child> {
  return startChild({
    name: options.name,
    command: process.execPath,
    args: [join(options.root, "dist", `${peprName}.js`)],
    cwd: options.root,
    env: options.env,
    log,
    guard: options.guard,
  });
}

async function untilHealthy(port: number): Promise<void> {
  // Pepr's leaf has the subject of its CA, so that OpenSSL takes it for self-signed; the API server,
  // which does verify it, is the test that counts.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    await eventually(async () => {
      const answer = await request(`https://127.0.0.1:${port}/healthz`, { dispatcher });
      await answer.body.dump();
      return answer.statusCode === 200;
    }, healthyWithinMs);
  } finally {
    await dispatcher.destroy();
  }
}
