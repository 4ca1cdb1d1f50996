/** What a process of nopea's holds on to, looked at from outside while it rests. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../../src/local/kube-client";
import type { PeprProcess } from "../../../src/local/pepr-process";
import { inspect, type Inspector } from "../inspector";
import { openFiles, residentMegabytes } from "../process-figures";

export interface Holdings {
  /** MB. */
  readonly resident: number;
  readonly heap: number;
  /** Buffers outside the heap. */
  readonly external: number;
  readonly sockets: number;
  readonly otherFiles: number;
  /** Armed timers that keep a process alive, and everything else that does. */
  readonly timers: number;
  readonly handles: number;
}

const LOOKS = 30;
const LOOK_MS = 500;

/** After garbage was collected: what is left is held. */
export async function holdingsOf(process: PeprProcess): Promise<Holdings> {
  const inspector = await inspect(process.log);
  try {
    // finalizers of the first collection let go of what the second one takes
    for (let time = 1; time <= 3; time++) {
      await inspector.ask("HeapProfiler.collectGarbage");
      await sleep(500);
    }
    const memory = (await evaluate(inspector, "process.memoryUsage()")) as NodeJS.MemoryUsage;
    const look = async () => {
      const active = (await evaluate(inspector, "process.getActiveResourcesInfo()")) as string[];
      const timers = active.filter(name => name === "Timeout" || name === "Immediate").length;
      const { sockets, others } = await openFiles(process.pid());
      return { sockets, otherFiles: others, timers, handles: active.length - timers };
    };
    const least = await leastOf(look);
    return {
      resident: await residentMegabytes(process.pid()),
      heap: memory.heapUsed / 2 ** 20,
      external: (memory.external + memory.arrayBuffers) / 2 ** 20,
      ...least,
    };
  } finally {
    inspector.close();
  }
}

type Counts = Pick<Holdings, "sockets" | "otherFiles" | "timers" | "handles">;

/** Polls open connections and let go of them all the time: what is held is there in every look. */
async function leastOf(look: () => Promise<Counts>): Promise<Counts> {
  let least = await look();
  for (let count = 1; count < LOOKS; count++) {
    await sleep(LOOK_MS);
    const now = await look();
    least = {
      sockets: Math.min(now.sockets, least.sockets),
      otherFiles: Math.min(now.otherFiles, least.otherFiles),
      timers: Math.min(now.timers, least.timers),
      handles: Math.min(now.handles, least.handles),
    };
  }
  return least;
}

async function evaluate(inspector: Inspector, expression: string): Promise<unknown> {
  const { result } = await inspector.ask("Runtime.evaluate", { expression, returnByValue: true });
  return (result as { readonly value?: unknown }).value;
}

/** Watches of everybody that the API server serves right now; those of its controllers stay the same. */
export async function openWatches(kube: KubeClient): Promise<number> {
  const text = await kube.text("/metrics");
  const lines = text.matchAll(/^apiserver_longrunning_requests\{[^}]*verb="WATCH"[^}]*\} (\S+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}
