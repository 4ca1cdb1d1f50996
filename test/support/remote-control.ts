/** Lets test workers stop, start and restart processes that live with the global setup: one POST a command. */
import { createServer } from "node:http";
import type { PeprProcess } from "../../src/local/pepr-process";

export interface RemoteControl {
  readonly url: string;
  stop(): Promise<void>;
}

/** What a command answers: how long it took until the process was healthy, its pid, whether it runs. */
export interface CommandResult {
  readonly ms: number;
  readonly pid: number;
  readonly running: boolean;
}

/** Serves POST /PROCESS/COMMAND/SIGNAL for commands start, stop and restart, and /PROCESS/look. */
export async function startRemoteControl(
  processes: Readonly<Record<string, PeprProcess>>,
): Promise<RemoteControl> {
  const server = createServer((request, response) => {
    const [, name = "", command = "", signal] = (request.url ?? "").split("/");
    const target = processes[name];
    const work =
      target === undefined ? Promise.reject(new Error(name)) : obey(target, command, signal);
    work.then(
      result => response.end(JSON.stringify(result)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
}

async function obey(
  target: PeprProcess,
  command: string,
  signal: string | undefined,
): Promise<CommandResult> {
  const with_ = signal as NodeJS.Signals | undefined;
  let ms = 0;
  if (command === "start") ms = await target.start();
  if (command === "stop") await target.stop(with_);
  if (command === "restart") ms = await target.restart(with_);
  return { ms, pid: target.pid(), running: target.running() };
}
