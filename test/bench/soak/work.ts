/** Edits, commits, pushes and repositories that are made anew, all at once and for some time. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../../src/local/kube-client";
import type { BenchWorld } from "../world";
import type { Fleet, Random } from "./fleet";

export interface Worked {
  readonly polls: number;
  readonly edits: number;
  readonly commits: number;
  readonly pushes: number;
  readonly recreated: number;
}

export interface Working {
  readonly world: BenchWorld;
  readonly fleet: Fleet;
  /** Whoever edits by hand. */
  readonly jane: KubeClient;
  readonly random: Random;
}

const EDIT_EVERY_MS = 200;
const COMMIT_EVERY_MS = 1_000;
const PUSH_EVERY_MS = 2_000;
const RECREATE_EVERY_MS = 15_000;
const SAY_EVERY_MS = 30_000;

/** Returns when the time is over, and everything that was begun has been sent. */
export async function work(
  { world, fleet, jane, random }: Working,
  milliseconds: number,
  sayHow: () => Promise<void>,
): Promise<Worked> {
  const { git, nopea } = world;
  const until = performance.now() + milliseconds;
  const again = async (everyMs: number, deed: () => Promise<void>): Promise<number> => {
    let times = 0;
    while (performance.now() < until) {
      await deed();
      times++;
      await sleep(everyMs);
    }
    return times;
  };
  let polls = 0;
  const countPolls = () => {
    polls += git.requests.filter(({ command }) => command === "ls-refs").length;
    git.forget();
    return Promise.resolve();
  };
  git.forget();
  const [edits, commits, pushes, recreated] = await Promise.all([
    again(EDIT_EVERY_MS, () => fleet.edit(jane)),
    again(COMMIT_EVERY_MS, () => fleet.commit(random)),
    again(PUSH_EVERY_MS, () => fleet.push(random, nopea.httpUrl, nopea.webhookSecret)),
    again(RECREATE_EVERY_MS, () => fleet.recreate(random)),
    again(5_000, countPolls),
    again(SAY_EVERY_MS, sayHow),
  ]);
  await countPolls();
  return { polls, edits, commits, pushes, recreated };
}
