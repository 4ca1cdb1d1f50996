/** Gathers what the oracle judges, as soon as everything is quiet again. */
import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../src/local/eventually";
import type { KubeObject } from "../../src/local/kube-types";
import { writesSince } from "./audit-log";
import type { DriftRecord, Facts, RepositoryFact } from "./facts";
import { judge, judgeValues, type Violation } from "./oracle";
import { isIn, repositoryApi, type App } from "./stage";
import type { Surroundings } from "./surroundings";

const nopeaUser = "system:serviceaccount:pepr-system:pepr-nopea";

export interface Round {
  readonly surroundings: Surroundings;
  readonly apps: readonly App[];
  readonly authors: ReadonlyMap<string, string>;
  /** Of this round and of those before it, whose namespaces are on their way out. */
  readonly declared: ReadonlySet<string>;
  /** Where the audit log ended when it began. */
  readonly mark: number;
  readonly mayMissRecords?: boolean;
  readonly clockMoved?: boolean;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** From the end of the faults until everything was as allowed. */
  readonly settledInMs: number;
  readonly facts: Facts;
}

/** Waits until all is as allowed, or the time is over, and judges what is there then. */
export async function waitAndJudge(round: Round, withinMs: number): Promise<Verdict> {
  const began = Date.now();
  await eventually(() => isQuiet(round), withinMs, 500).catch(() => undefined);
  const settledInMs = Date.now() - began;
  const late = Date.now() + RECORDS_WITHIN_MS;
  let seen = await look(round);
  while (seen.violations.length > 0 && Date.now() < late) seen = await look(round);
  return { ...seen, settledInMs };
}

/** Records are written behind: one that was refused is tried again within half a minute. */
const RECORDS_WITHIN_MS = 45_000;

async function look(round: Round): Promise<Pick<Verdict, "violations" | "facts">> {
  const records = await eventually(() => stillRecords(round), 20_000, 1_500).catch(() =>
    recordsOf(round),
  );
  const facts = await gather(round, records);
  return { violations: judge(facts), facts };
}

async function isQuiet(round: Round): Promise<boolean> {
  for (const app of round.apps) await isIn(app);
  return judgeValues({ ...empty, ...(await valuesOf(round)), authors: round.authors }).length === 0;
}

const empty = {
  nopea: nopeaUser,
  protections: [],
  records: [],
  repositories: [],
  writes: [],
};

async function valuesOf({ surroundings: { admin }, apps, declared }: Round) {
  const objects = apps.flatMap(({ book }) => book.objects);
  const found = await Promise.all(
    objects.map(
      async ({ key, apiVersion, kind, namespace, name }) =>
        [key, await admin.find<KubeObject>({ apiVersion, kind, namespace, name })] as const,
    ),
  );
  return { fields: apps.flatMap(({ book }) => book.allowed()), live: new Map(found), declared };
}

/** The records of all apps when two looks found the same. */
async function stillRecords(round: Round): Promise<readonly DriftRecord[]> {
  const first = await recordsOf(round);
  await new Promise(resolve => setTimeout(resolve, 1_000));
  const second = await recordsOf(round);
  if (textOf(first) === textOf(second)) return second;
  throw new Error("records are still being written");
}

const textOf = (records: readonly DriftRecord[]) =>
  records.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion ?? ""}`).join();

async function recordsOf({ surroundings: { admin }, apps }: Round): Promise<DriftRecord[]> {
  const lists = apps.map(({ namespace }) =>
    admin.list<DriftRecord>(repositoryApi, "DriftRecord", { namespace }),
  );
  return (await Promise.all(lists)).flat();
}

async function gather(round: Round, records: readonly DriftRecord[]): Promise<Facts> {
  const { surroundings, apps, authors, mark, mayMissRecords, clockMoved } = round;
  return {
    nopea: nopeaUser,
    ...(await valuesOf(round)),
    protections: apps.flatMap(({ book }) => book.protections),
    authors,
    records,
    repositories: await Promise.all(apps.map(repositoryOf)),
    writes: await writesSince(surroundings.auditLog, mark),
    ...(mayMissRecords === undefined ? {} : { mayMissRecords }),
    ...(clockMoved === undefined ? {} : { clockMoved }),
  };
}

async function repositoryOf({ namespace, head, resource }: App): Promise<RepositoryFact> {
  const { status = {} } = await resource();
  const { phase = "", lastSyncedCommit = "", driftCount = 0 } = status;
  return { namespace, head, phase, lastSyncedCommit, driftCount };
}

/** What the oracle saw, and what both processes logged; the folder. */
export async function keepEvidence(
  { nopea }: Surroundings,
  { facts, violations }: Verdict,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-chaos-evidence-"));
  const seen = { violations, ...facts, live: [...facts.live], authors: [...facts.authors] };
  await writeFile(join(directory, "facts.json"), JSON.stringify(seen, undefined, 1));
  for (const { name, log } of [nopea.watcher, nopea.admission]) {
    await copyFile(log, join(directory, `${name}.log`));
  }
  return directory;
}
