/** What is on its way to each destination, counted: a receiver that is down must not fill the process. */
import type { Letter } from "../../ports";
import { createTurns, type Turns } from "../turns";

export interface QueueLimits {
  /** Of one destination. */
  readonly letters: number;
  readonly bytes: number;
  /** Of all destinations together. */
  readonly allBytes: number;
  /** Requests to one destination at once. */
  readonly atOnce: number;
}

/** What one destination is still to get. */
export interface Queue {
  /** In their order; a lane is there while somebody works on it. */
  readonly lanes: Map<string, Letter[]>;
  readonly turns: Turns;
  /** Told once, not for each letter; until half of it is gone. */
  isFull: boolean;
}

export interface Queues {
  /** The queue that a letter has its place in, full or not. */
  of(letter: Letter): Queue;
  /** False: there is no room. */
  enter(letter: Letter): boolean;
  leave(letter: Letter): void;
  depth(): number;
}

interface Counted extends Queue {
  letters: number;
  bytes: number;
}

/** A destination is forgotten as soon as nothing is on its way to it. */
export function createQueues(limits: QueueLimits): Queues {
  const queues = new Map<string, Counted>();
  let allBytes = 0;
  let depth = 0;

  // one that nothing is on its way to is not remembered
  const find = ({ to }: Letter): Counted => queues.get(to.key) ?? createQueue(limits);

  function count(letter: Letter, sign: 1 | -1): void {
    const queue = find(letter);
    queues.set(letter.to.key, queue);
    const bytes = sign * sizeOf(letter);
    queue.letters += sign;
    queue.bytes += bytes;
    depth += sign;
    allBytes += bytes;
    if (queue.letters <= limits.letters / 2) queue.isFull = false;
    if (queue.letters === 0) queues.delete(letter.to.key);
  }

  return {
    of: find,
    enter(letter) {
      const { letters, bytes } = find(letter);
      const size = sizeOf(letter);
      if (letters >= limits.letters || bytes + size > limits.bytes) return false;
      if (allBytes + size > limits.allBytes) return false;
      count(letter, 1);
      return true;
    },
    leave: letter => count(letter, -1),
    depth: () => depth,
  };
}

function createQueue({ atOnce }: QueueLimits): Counted {
  return { lanes: new Map(), turns: createTurns(atOnce), letters: 0, bytes: 0, isFull: false };
}

/** As a process holds it: two bytes a character at most. */
function sizeOf({ body }: Letter): number {
  return body.length * 2;
}
