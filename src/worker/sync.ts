/** The walk of one sync, from a commit to live objects; there is no second path. */
import { summariseFault } from "../core/report/summarise";
import { declaredKinds } from "../core/sync/declared-kinds";
import type { Located, Locating } from "../core/sync/locate";
import { NopeaError } from "../model/errors";
import type {
  GitRemote,
  PendingObject,
  RepositorySpec,
  RepositoryStatus,
} from "../model/git-repository";
import { formatKey } from "../model/object-key";
import { kindId, typeOfId, type Desired, type KindInfo, type Problem } from "../model/manifest";
import type { OwnerMarks } from "../model/ownership";
import type { Report } from "../model/report";
import type { World } from "../ports";
import { createBases, type BaseOf } from "./bases";
import type { Chronicle } from "./chronicle";
import type { Episodes } from "./episodes";
import { fetchAndRender, type Ahead, type Memory } from "./fetch";
import type { Keeper } from "./keeper";
import type { Knowledge } from "./knowledge";
import { locateAll } from "./locate-all";
import { recallAbsent, recallSuspensions } from "./recall";
import type { Pruner } from "./pruner";
import type { RecordWriter } from "./record-writer";
import type { Target } from "./target";
import { timed } from "./timed";
import type { Rendered } from "./render";

export interface Job {
  readonly id: string;
  readonly spec: RepositorySpec;
  readonly remote: GitRemote;
  readonly marks: OwnerMarks;
  readonly tip: string;
  readonly memory: Memory;
  readonly ahead: Ahead | undefined;
  readonly status: RepositoryStatus;
  /** Of the GitRepository. */
  readonly generation: number;
  readonly keeper: Keeper;
  readonly knowledge: Knowledge;
  readonly episodes: Episodes;
  readonly records: RecordWriter;
  readonly pruner: Pruner;
  readonly chronicle: Pick<Chronicle, "tellAhead">;
}

export interface Synced {
  readonly report: Report;
  readonly memory: Memory;
}

/** Rejects with a NopeaError for what stops the sync as a whole, or with the signal's reason. */
export async function sync(world: World, job: Job, signal: AbortSignal): Promise<Synced> {
  const memory = await fetchAndRender(world, { ...job, commit: job.tip }, signal);
  const { kinds, known, unavailable } = await findKinds(world, memory, job, signal);
  const locating = {
    marks: job.marks,
    targetNamespace: job.spec.targetNamespace,
    kinds,
    unavailable,
    sha256: world.sha256,
  };
  const located = await locateAll(world, memory.declared, locating);
  const problems = [...memory.problems, ...located.problems];
  const rest = { ...job, rendered: memory, locating, located, known };
  if (problems.length === 0) return { report: await apply(world, rest, signal), memory };
  await enforceLastGood(world, rest, signal);
  return { report: invalid(job.id, memory.commit, problems), memory };
}

/** A commit that nobody can read leaves the last good one in force: after a restart that has to be read again. */
async function enforceLastGood(world: World, job: Rest, signal: AbortSignal): Promise<void> {
  const { keeper, spec, status, remote, rendered, locating } = job;
  const commit = status.lastSyncedCommit;
  // of another spec, that commit says nothing about this one
  const isOfThisSpec = status.observedGeneration === job.generation;
  if (keeper.keeps(sourceOf(spec)) || commit === undefined || !isOfThisSpec) return;
  const source = { remote, parsed: rendered.parsed, locating };
  const base = await createBases(world, source, signal)(commit);
  if (base === undefined) return;
  const located = { desired: [...base.values()], unknown: [], problems: [] };
  const last = { ...job, rendered: { ...rendered, commit }, located, isLastGood: true };
  await apply(world, last, signal);
}

interface Rest extends Job {
  readonly rendered: Rendered;
  readonly locating: Locating;
  readonly located: Located;
  /** Kinds that this repository had objects of, as far as they are still served. */
  readonly known: readonly KindInfo[];
  /** The branch's tip cannot be read. */
  readonly isLastGood?: boolean;
}

async function apply(world: World, job: Rest, signal: AbortSignal): Promise<Report> {
  const { spec, status, rendered, located, locating, remote, keeper } = job;
  const knownKinds = status.resources?.kinds ?? [];
  const kinds = everyKind(located.desired, job.known);
  const target: Target = {
    commit: rendered.commit,
    desired: new Map(located.desired.map(desired => [formatKey(desired.key), desired])),
    unknown: located.unknown,
    kinds: [...kinds.values()],
    knownKinds,
    unavailable: locating.unavailable,
    notices: rendered.notices,
    bases: until => createBases(world, { remote, parsed: rendered.parsed, locating }, until),
    source: sourceOf(spec),
    isLastGood: job.isLastGood ?? false,
  };
  const walk = {
    id: job.id,
    target,
    recall: (baseOf: BaseOf) => recall({ ...job, target, baseOf }, signal),
    beforeWrites: (pending: readonly PendingObject[]) => {
      const all = [...new Set([...knownKinds, ...kinds.keys()])].sort();
      return job.chronicle.tellAhead({ kinds: all, pending }, signal);
    },
  };
  return timed(world, "apply", () => keeper.walk(walk, signal));
}

/** What this process did not see: records, suspensions, and what was there. */
async function recall(job: Rest & Recalled, signal: AbortSignal): Promise<void> {
  const { records, episodes, knowledge, pruner, target, status, generation, baseOf } = job;
  episodes.remember(await records.load(signal));
  pruner.recall(status);
  const { desired, commit } = target;
  const recalling = {
    knowledge,
    desired,
    commit,
    status,
    baseOf,
    episodeOf: (id: string) => episodes.of(id),
  };
  recallSuspensions(recalling);
  await recallAbsent({ ...recalling, isSameSpec: status.observedGeneration === generation });
}

interface Recalled {
  readonly target: Target;
  readonly baseOf: BaseOf;
}

/** Everything of a spec that says which objects there are. */
export function sourceOf({ url, branch, path, targetNamespace }: RepositorySpec): string {
  return JSON.stringify([url, branch, path, targetNamespace]);
}

/** By kindId: kinds to look for objects in. */
function everyKind(desired: readonly Desired[], known: readonly KindInfo[]) {
  const kinds = [...known, ...desired.map(({ kind }) => kind)];
  return new Map(kinds.map(kind => [kindId(kind), kind]));
}

/** Kinds of what is declared, from the API server or from a CustomResourceDefinition of the same commit. */
async function findKinds(world: World, rendered: Rendered, job: Job, signal: AbortSignal) {
  const before = (job.status.resources?.kinds ?? []).map(typeOfId);
  const wanted = [...rendered.declared.map(({ manifest }) => manifest), ...before];
  const { served, unavailable } = await world.cluster.kinds(wanted, signal);
  const declared = declaredKinds(rendered.declared);
  const kinds = new Map(declared.map(kind => [kindId(kind), kind]));
  for (const [id, kind] of served) kinds.set(id, kind);
  const known = before.flatMap(type => served.get(kindId(type)) ?? []);
  return { kinds, known, unavailable };
}

const SHOWN = 5;

function invalid(id: string, commit: string, problems: readonly Problem[]): Report {
  const lines = problems.slice(0, SHOWN).map(({ file, line, message }) => {
    return `${file}${line === undefined ? "" : `:${line}`}: ${message}`;
  });
  if (problems.length > SHOWN) lines.push(`and ${problems.length - SHOWN} more`);
  const error = new NopeaError("manifest-invalid", lines.join("; "));
  return summariseFault(id, commit, error);
}
