/** The walk of one sync, from a commit to live objects; there is no second path. */
import { effectsNotImplemented } from "../core/repository/not-implemented";
import { summarise, summariseFault } from "../core/report/summarise";
import { declaredKinds } from "../core/sync/declared-kinds";
import type { Failures } from "../core/sync/failures";
import { locate, type Located } from "../core/sync/locate";
import { findOrphans, managedKinds } from "../core/sync/orphans";
import { ANNOTATION_RECREATE } from "../model/annotations";
import { NopeaError } from "../model/errors";
import type { GitRemote, RepositorySpec, RepositoryStatus } from "../model/git-repository";
import { kindId, type Desired, type KindInfo, type Problem, type TypeRef } from "../model/manifest";
import type { OwnerMarks } from "../model/ownership";
import type { Report } from "../model/report";
import type { Fault } from "../model/verdict";
import type { World } from "../ports";
import { converge } from "./converge";
import { knownFiles, render, type Rendered } from "./render";

/** What a worker remembers between two syncs; losing it costs requests, never correctness. */
export interface Memory {
  /** The last commit as it was rendered, and where it is from. */
  readonly rendered?: Rendered & { readonly source: string };
  readonly failures: Failures;
}

export interface Job {
  readonly id: string;
  readonly spec: RepositorySpec;
  readonly remote: GitRemote;
  readonly marks: OwnerMarks;
  readonly tip: string;
  readonly memory: Memory;
  readonly status: RepositoryStatus;
  /** Makes the kinds known in the status, and returns when they are. */
  readonly tellKinds: (kinds: readonly string[]) => Promise<void>;
}

export interface Synced {
  readonly report: Report;
  readonly memory: Memory;
}

/** Rejects with a NopeaError for what stops the sync as a whole, or with the signal's reason. */
export async function sync(world: World, job: Job, signal: AbortSignal): Promise<Synced> {
  const rendered = await fetchAndRender(world, job, signal);
  const memory = { ...job.memory, rendered };
  const { kinds, known, unavailable } = await findKinds(world, rendered, job, signal);
  const located = locate(rendered.declared, {
    marks: job.marks,
    targetNamespace: job.spec.targetNamespace,
    kinds,
    unavailable,
    sha256: world.sha256,
  });
  const problems = [...rendered.problems, ...located.problems];
  if (problems.length > 0) return { report: invalid(job.id, rendered.commit, problems), memory };
  return apply(world, { ...job, rendered, located, known, unavailable, memory }, signal);
}

async function fetchAndRender(world: World, { remote, tip, memory }: Job, signal: AbortSignal) {
  const source = JSON.stringify([remote.url, remote.branch, remote.path]);
  const last = memory.rendered?.source === source ? memory.rendered : undefined;
  if (last?.commit === tip) return last;
  const parsed = last?.parsed ?? new Map();
  const tree = await world.git.fetch(remote, tip, knownFiles(parsed), signal);
  return { ...(await render(world, tree, parsed, signal)), source };
}

interface Rest extends Job {
  readonly rendered: Rendered;
  readonly located: Located;
  /** Kinds that this repository had objects of, as far as they are still served. */
  readonly known: readonly KindInfo[];
  /** By kindId. */
  readonly unavailable: ReadonlyMap<string, Fault>;
}

async function apply(world: World, job: Rest, signal: AbortSignal): Promise<Synced> {
  const { marks, rendered, located, memory } = job;
  const { desired, unknown } = located;
  const knownKinds = job.status.resources?.kinds ?? [];
  const kinds = everyKind(desired, job.known);
  const converged = await converge(
    world,
    {
      marks,
      commit: rendered.commit,
      desired,
      kinds: [...kinds.values()],
      failures: memory.failures,
      beforeWrites: () => job.tellKinds([...new Set([...knownKinds, ...kinds.keys()])].sort()),
    },
    signal,
  );
  const orphans = findOrphans(converged.observation, desired, marks);
  const unavailable = new Map([...job.unavailable, ...converged.observation.unavailable]);
  const report = summarise({
    ...converged,
    id: job.id,
    commit: rendered.commit,
    unknown,
    orphans,
    kinds: managedKinds({ desired, orphans, known: knownKinds, unavailable }),
    notices: [
      ...rendered.notices,
      ...noticesOf(job.spec, desired),
      ...notLookedFor(knownKinds, unavailable),
    ],
  });
  return { report, memory: { ...memory, failures: converged.failures } };
}

/** Where nothing of these kinds is declared any more, nothing fails, and only this tells. */
function notLookedFor(
  known: readonly string[],
  unavailable: ReadonlyMap<string, Fault>,
): readonly string[] {
  return known.flatMap(id => {
    const fault = unavailable.get(id);
    return fault === undefined ? [] : [`Could not look for orphans of ${id}: ${fault.message}`];
  });
}

/** By kindId: kinds to look for objects in. */
function everyKind(desired: readonly Desired[], known: readonly KindInfo[]) {
  const kinds = [...known, ...desired.map(({ kind }) => kind)];
  return new Map(kinds.map(kind => [kindId(kind), kind]));
}

/** Kinds of what is declared, from the API server or from a CustomResourceDefinition of the same commit. */
async function findKinds(world: World, rendered: Rendered, job: Job, signal: AbortSignal) {
  const before = (job.status.resources?.kinds ?? []).map(typeOf);
  const wanted = [...rendered.declared.map(({ manifest }) => manifest), ...before];
  const { served, unavailable } = await world.cluster.kinds(wanted, signal);
  const declared = declaredKinds(rendered.declared);
  const kinds = new Map(declared.map(kind => [kindId(kind), kind]));
  for (const [id, kind] of served) kinds.set(id, kind);
  const known = before.flatMap(type => served.get(kindId(type)) ?? []);
  return { kinds, known, unavailable };
}

/** The inverse of kindId. */
function typeOf(name: string): TypeRef {
  const slash = name.lastIndexOf("/");
  return { apiVersion: name.slice(0, slash), kind: name.slice(slash + 1) };
}

/** What Git asks for and nopea cannot do yet, and nobody loses anything by. */
function noticesOf(spec: RepositorySpec, desired: readonly Desired[]): readonly string[] {
  const recreate = desired.some(
    ({ manifest }) => manifest.metadata.annotations?.[ANNOTATION_RECREATE],
  );
  const names = [...effectsNotImplemented(spec), ...(recreate ? [ANNOTATION_RECREATE] : [])];
  return names.length === 0 ? [] : [`Not implemented yet, without effect: ${names.join(", ")}`];
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
