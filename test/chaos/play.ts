/** Plays one round: repositories, deeds beside faults, the oracle, and away with it. */
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../support/random";
import { endOf } from "./audit-log";
import { commit, edit, pick, remove, resume, suspend, turn, type Deed, type Hands } from "./deeds";
import type { Violation } from "./oracle";
import type { RoundPlan } from "./rounds";
import { createApp, type App } from "./stage";
import type { Surroundings } from "./surroundings";
import { keepEvidence, waitAndJudge } from "./witness";

export interface Played {
  readonly violations: readonly Violation[];
  readonly line: string;
  /** A folder, where there are violations. */
  readonly evidence?: string;
}

export interface PlayOptions {
  readonly surroundings: Surroundings;
  readonly plan: RoundPlan;
  readonly seed: number;
  /** Of all rounds so far. */
  readonly declared: Set<string>;
}

const policies = ["auto", "manual", "grace", "short"] as const;

/** How often each deed is done, among others. */
const mix: readonly Deed[] = [
  ...[commit, commit, commit],
  ...[edit, edit, edit, edit, edit],
  ...[suspend, resume, resume],
  ...[remove, turn],
];

const DEEDS = 18;
// a repository whose server was away is looked at after up to 60 s, on a machine that others use too
const SETTLES_WITHIN_MS = 150_000;

/** What came of it; everything that is random in it depends on the seed and the round's name only. */
export async function play({ surroundings, plan, seed, declared }: PlayOptions): Promise<Played> {
  const random = randomFrom(seed + hashOf(plan.name));
  const tally = { count: 0, refused: 0 };
  const hands: Hands = { surroundings, random, authors: new Map(), tally };
  const mark = await endOf(surroundings.auditLog);
  const run = Date.now().toString(36);
  const apps = await Promise.all(
    policies.map(policy =>
      createApp(surroundings, { namespace: `${plan.name}-${policy}-${run}`, policy }),
    ),
  );
  for (const { book } of apps) for (const { key } of book.objects) declared.add(key);
  const began = Date.now();
  // each with numbers of its own: whoever is late must not take those of another
  const own = () => ({ ...hands, random: randomFrom(Math.floor(random() * 2 ** 31)) });
  const [told] = await Promise.all([
    plan.faults(own(), apps),
    ...(plan.isAlone === true ? [] : apps.map(app => playDeeds(own(), app))),
  ]);
  const lasted = Date.now() - began;
  const { authors } = hands;
  const { mayMissRecords, clockMoved } = plan;
  const verdict = await waitAndJudge(
    {
      surroundings,
      apps,
      authors,
      declared,
      mark,
      ...(mayMissRecords === undefined ? {} : { mayMissRecords }),
      ...(clockMoved === undefined ? {} : { clockMoved }),
    },
    SETTLES_WITHIN_MS,
  );
  await leave(surroundings, apps);
  const { settledInMs, facts, violations } = verdict;
  const evidence =
    violations.length === 0 ? {} : { evidence: await keepEvidence(surroundings, verdict) };
  return {
    violations,
    ...evidence,
    line: `${told}; ${authors.size} edits and ${tally.count - authors.size} commits (${tally.refused} refused) in ${seconds(lasted)} s, settled in ${seconds(settledInMs)} s; ${facts.records.length} records, ${facts.writes.length} writes judged`,
  };
}

async function playDeeds(hands: Hands, app: App): Promise<void> {
  for (let at = 0; at < DEEDS; at++) {
    await pick(hands, mix)(hands, app).catch((error: unknown) => refused(hands, error));
    await sleep(Math.floor(hands.random() * 1_000));
  }
}

/** The API server is away: nothing was begun. */
async function refused({ tally }: Hands, error: unknown): Promise<void> {
  if (error instanceof TypeError) throw error;
  tally.refused++;
  await sleep(1_000);
}

async function leave({ admin }: Surroundings, apps: readonly App[]): Promise<void> {
  await Promise.all(apps.map(({ ref }) => admin.delete(ref)));
  const of = { apiVersion: "v1", kind: "Namespace" };
  await Promise.all(apps.map(({ namespace }) => admin.delete({ ...of, name: namespace })));
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return hash;
}
