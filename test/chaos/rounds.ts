/** The rounds: which faults each one brings, and what they excuse. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PeprProcess } from "../../src/local/pepr-process";
import type { Hands } from "./deeds";
import type { App } from "./stage";

export interface RoundPlan {
  readonly name: string;
  /** Plays beside the deeds, and leaves nothing broken behind. */
  faults(hands: Hands, apps: readonly App[]): Promise<string>;
  readonly mayMissRecords?: boolean;
  readonly clockMoved?: boolean;
}

const between = ({ random }: Hands, least: number, most: number) =>
  Math.floor(least + random() * (most - least));

async function kill(hands: Hands, victims: readonly PeprProcess[]): Promise<void> {
  await sleep(between(hands, 0, 2_500));
  await Promise.all(victims.map(victim => victim.stop("SIGKILL")));
  await sleep(between(hands, 0, 1_500));
  await Promise.all(victims.map(victim => victim.start()));
}

/** Stops a process for a while, and lets it go on. */
async function freeze(pid: number, ms: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  try {
    await sleep(ms);
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

function apiServer({ surroundings: { controlPlane } }: Hands) {
  const found = controlPlane.children.find(({ name }) => name === "kube-apiserver");
  if (found === undefined) throw new Error("there is no API server");
  return found;
}

export const rounds: readonly RoundPlan[] = [
  {
    name: "kill-watcher",
    mayMissRecords: true,
    faults: async hands => {
      for (let time = 0; time < 3; time++) await kill(hands, [hands.surroundings.nopea.watcher]);
      return "killed 3 times";
    },
  },
  {
    name: "frozen-api-server",
    faults: async hands => {
      const { pid } = apiServer(hands);
      for (let time = 0; time < 3; time++) {
        await sleep(between(hands, 300, 1_500));
        await freeze(pid, between(hands, 1_000, 5_000));
      }
      return "frozen 3 times";
    },
  },
  {
    name: "cut-watches",
    faults: async hands => {
      let cut = 0;
      for (let time = 0; time < 25; time++) {
        await sleep(between(hands, 50, 600));
        cut += hands.surroundings.proxy.cutWatches();
      }
      return `${cut} watches cut`;
    },
  },
];
