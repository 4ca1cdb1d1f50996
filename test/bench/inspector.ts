/** Asks a running Node process through its inspector: it is to run with `--inspect=127.0.0.1:0`, and to log to a file. */
import { readFile } from "node:fs/promises";
import { WebSocket, type MessageEvent } from "undici";

export interface Inspector {
  /** A method of the DevTools protocol, `HeapProfiler.collectGarbage`; what it answers. */
  ask(method: string, parameters?: object): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Connects to the process that was the last to write to the log where it listens. */
export async function inspect(log: string): Promise<Inspector> {
  const text = await readFile(log, "utf8");
  const url = [...text.matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
  if (url === undefined) throw new Error(`${log} does not say where the inspector listens`);
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => {
      resolve();
    });
    socket.addEventListener("error", event => {
      reject(new Error(`no connection to ${url}`, { cause: event.error }));
    });
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const answer = JSON.parse(data) as Answer;
    if (answer.id === undefined) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let last = 0;
  return {
    ask: async (method, params = {}) => {
      const id = ++last;
      const answered = new Promise<Answer>(resolve => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await answered;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result ?? {};
    },
    close: () => {
      socket.close();
    },
  };
}
