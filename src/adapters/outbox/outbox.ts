/** Letters on their way out: a bounded queue for each destination, in which each lane keeps its order and waits for no other. */
import { setMaxListeners } from "node:events";
import type { Letter, Post } from "../../ports";
import { carry, type Carrier } from "./carry";
import { createQueues, type Queue, type QueueLimits, type Queues } from "./queues";

export interface OutboxOptions extends Omit<Carrier, "pausesMs"> {
  readonly limits?: Partial<QueueLimits>;
  readonly pausesMs?: Carrier["pausesMs"];
}

const MiB = 1024 * 1024;
const LIMITS: QueueLimits = { letters: 1_000, bytes: 8 * MiB, allBytes: 64 * MiB, atOnce: 4 };
const PAUSES_MS = [1_000, 2_000, 4_000];

/** Makes the outbox. */
export function createOutbox(options: OutboxOptions): Post {
  const life = childOf(options.life);
  const carrier = { ...options, life, pausesMs: options.pausesMs ?? PAUSES_MS };
  const queues = createQueues({ ...LIMITS, ...options.limits });
  return {
    send(letter) {
      if (life.aborted) return;
      if (queues.enter(letter)) line(carrier, queues, letter);
      else refuse(carrier, queues.of(letter), letter);
    },
    depth: () => queues.depth(),
  };
}

/** Every lane that waits listens to it: that many are no leak. */
function childOf(parent: AbortSignal): AbortSignal {
  const child = new AbortController();
  setMaxListeners(0, child.signal);
  const end = () => child.abort(parent.reason);
  if (parent.aborted) end();
  parent.addEventListener("abort", end, { once: true });
  return child.signal;
}

function line(carrier: Carrier, queues: Queues, letter: Letter): void {
  const queue = queues.of(letter);
  const waiting = queue.lanes.get(letter.lane);
  waiting?.push(letter);
  if (waiting === undefined) void work({ carrier, queues, queue }, letter);
}

interface Work {
  readonly carrier: Carrier;
  readonly queues: Queues;
  readonly queue: Queue;
}

/** One lane, until it is empty. */
async function work({ carrier, queues, queue }: Work, first: Letter): Promise<void> {
  const letters = [first];
  queue.lanes.set(first.lane, letters);
  for (let letter = letters[0]; letter !== undefined; letter = letters[0]) {
    await carry(carrier, queue.turns, letter);
    letters.shift();
    queues.leave(letter);
  }
  queue.lanes.delete(first.lane);
}

function refuse({ dropped, log }: Carrier, queue: Queue, { about }: Letter): void {
  dropped("full");
  if (!queue.isFull)
    log.warn(about, "too many events wait for their receiver: newer ones are lost");
  queue.isFull = true;
}
