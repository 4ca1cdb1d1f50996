/** The rounds: which faults each one brings, and what they excuse. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour } from "../../src/local/git-server";
import type { Mood } from "./api-proxy";
import type { Hands } from "./deeds";
import { apiServer, between, compact, freeze, kill, restartApiServer } from "./faults";
import { poison } from "./poison";
import type { App } from "./stage";
import { stormOfEdits, stormOfWebhooks } from "./storms";

export interface RoundPlan {
  readonly name: string;
  /** Plays beside the deeds, and leaves nothing broken behind; what it did. */
  faults(hands: Hands, apps: readonly App[]): Promise<string>;
  /** No deeds beside it. */
  readonly isAlone?: boolean;
  readonly mayMissRecords?: boolean;
  readonly clockMoved?: boolean;
}

const hour = 3_600_000;

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
      const { pid } = apiServer(hands.surroundings);
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
  {
    name: "kill-admission",
    faults: async hands => {
      for (let time = 0; time < 3; time++) await kill(hands, [hands.surroundings.nopea.admission]);
      return "killed 3 times";
    },
  },
  {
    name: "kill-both",
    mayMissRecords: true,
    faults: async hands => {
      const { watcher, admission } = hands.surroundings.nopea;
      for (let time = 0; time < 2; time++) {
        await Promise.all([kill(hands, [watcher]), kill(hands, [admission])]);
      }
      return "killed twice each";
    },
  },
  {
    name: "throttled",
    faults: hands =>
      moods(hands, [
        { refuse: { status: 429, share: 0.5 } },
        { refuse: { status: 500, share: 0.5 } },
        { refuse: { status: 429, share: 1 } },
        { refuse: { status: 500, share: 1 } },
        { refuse: { status: 500, share: 0.2 }, delayMs: 300 },
      ]),
  },
  {
    name: "lost-answers",
    faults: hands => moods(hands, [{ loseAnswers: 0.3 }, { loseAnswers: 1 }, { loseAnswers: 0.3 }]),
  },
  {
    name: "watches-gone",
    faults: async hands => {
      const told = await moods(hands, [{ watchesAreGone: true }, {}, { watchesAreGone: true }]);
      return `410 for watches: ${told}`;
    },
  },
  {
    name: "restarted-api-server",
    faults: async hands => {
      await sleep(between(hands, 500, 2_500));
      await restartApiServer(hands.surroundings, "SIGTERM");
      await sleep(between(hands, 500, 2_500));
      await restartApiServer(hands.surroundings, "SIGKILL");
      return "restarted with SIGTERM and with SIGKILL";
    },
  },
  {
    name: "compacted",
    faults: async hands => {
      const { surroundings } = hands;
      for (let time = 0; time < 3; time++) {
        await sleep(between(hands, 500, 2_000));
        await compact(surroundings);
        surroundings.proxy.cutWatches();
      }
      await restartApiServer(surroundings, "SIGTERM", () => compact(surroundings));
      return "compacted 4 times, once while the API server was away";
    },
  },
  {
    name: "git-trouble",
    faults: async (hands, apps) => {
      const behaviours: readonly Behaviour[] = [
        { status: 500 },
        { delayMs: 2_500 },
        { cutAfterBytes: 300 },
        { garbage: true },
        { hang: true },
      ];
      for (const behaviour of behaviours) {
        for (const { namespace } of apps) hands.surroundings.git.behave(namespace, behaviour);
        await sleep(between(hands, 2_000, 4_000));
      }
      for (const { namespace } of apps) hands.surroundings.git.behave(namespace, {});
      return "500, slow, cut, garbage, hung";
    },
  },
  {
    name: "stepped-clock",
    clockMoved: true,
    faults: async hands => {
      for (const offset of [2 * hour, -2 * hour, 60_000, -60_000, 0]) {
        await sleep(between(hands, 1_500, 4_000));
        await hands.surroundings.setClock(offset);
      }
      return "stepped by hours and minutes, both ways, and back";
    },
  },
  { name: "storm-of-edits", isAlone: true, mayMissRecords: true, faults: stormOfEdits },
  { name: "storm-of-webhooks", faults: stormOfWebhooks },
  {
    name: "poison",
    faults: ({ surroundings }) => poison(surroundings, `poison-${Date.now().toString(36)}`),
  },
  {
    name: "all-at-once",
    mayMissRecords: true,
    faults: async (hands, apps) => {
      const { watcher, admission } = hands.surroundings.nopea;
      await Promise.all([
        kill(hands, [watcher, admission]),
        freeze(apiServer(hands.surroundings).pid, between(hands, 1_000, 3_000)),
        moods(hands, [{ refuse: { status: 500, share: 0.3 } }, { loseAnswers: 0.3 }]),
      ]);
      await restartApiServer(hands.surroundings, "SIGKILL");
      await kill(hands, [watcher]);
      const told = await stormOfWebhooks(hands, apps);
      return `killed, frozen, refused, restarted; ${told}`;
    },
  },
];

/** One mood of the proxy after the other, and then none. */
async function moods(hands: Hands, all: readonly Mood[]): Promise<string> {
  const { proxy } = hands.surroundings;
  proxy.felt();
  for (const mood of all) {
    proxy.be(mood);
    if (mood.watchesAreGone === true) proxy.cutWatches();
    await sleep(between(hands, 2_500, 5_000));
  }
  proxy.be({});
  return `${proxy.felt()} requests disturbed`;
}
