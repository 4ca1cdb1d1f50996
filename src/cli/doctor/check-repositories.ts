/** GitRepositories that cannot go on by themselves, and suspensions that somebody may have forgotten. */
import { collectionPath } from "../../adapters/kube/paths";
import { FINALIZER } from "../../model/annotations";
import type { Condition, RawRepository, SuspendedObject } from "../../model/git-repository";
import { parseTime } from "../../model/time";
import type { Context } from "../context";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { ok, problem, warning, type Finding } from "./finding";
import { parts } from "../api/fields";
import { probe, unreadable } from "./probe";

const CHECK = "GitRepositories";
const DAY = 86_400_000;

export interface Repositories {
  readonly findings: readonly Finding[];
  readonly managesSomething: boolean;
}

/** All namespaces. `isWatched`: whether the watcher runs. */
export async function checkRepositories(
  context: Context,
  isWatched: boolean,
): Promise<Repositories> {
  const probed = await probe(context, collectionPath(GIT_REPOSITORIES, ""));
  if (probed.state === "absent") return { findings: [], managesSomething: false };
  if (probed.state === "unreadable") {
    return { findings: [unreadable(CHECK, probed.why)], managesSomething: false };
  }
  const all = parts(probed.object, "items");
  const found = all.flatMap(item => judge(item, { now: context.now(), isWatched }));
  const fine = `${all.length} in all, none waits for anybody`;
  const total = (item: RawRepository) => item.status?.resources?.total ?? 0;
  return {
    findings: found.length === 0 ? [ok(CHECK, fine)] : found,
    managesSomething: all.some(item => total(item) > 0),
  };
}

interface Judging {
  readonly now: number;
  readonly isWatched: boolean;
}

/** What is wrong with one of them. */
export function judge(raw: RawRepository, judging: Judging): readonly Finding[] {
  return [
    ...judgeReady(raw),
    ...judgeFinalizer(raw, judging),
    ...(raw.status?.suspended ?? []).flatMap(object => judgeSuspended(raw, object, judging)),
  ];
}

function checkOf({ metadata }: RawRepository): string {
  return `GitRepository ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

function judgeReady(raw: RawRepository): readonly Finding[] {
  const { conditions = [], phase } = raw.status ?? {};
  const isStalled = conditions.some(({ type, status }) => type === "Stalled" && status === "True");
  if (phase !== "Failed" && !isStalled) return [];
  const why = whyNotReady(conditions.find(({ type }) => type === "Ready"));
  return [problem(checkOf(raw), `${isStalled ? "Stalled" : "Failed"}${why}`, "nopea status -A")];
}

function whyNotReady(ready: Condition | undefined): string {
  if (ready === undefined) return "";
  const where = ready.reason.startsWith("Git") ? " (Git, as nopea reaches it)" : "";
  return `${where}: ${ready.message}`;
}

function judgeFinalizer(raw: RawRepository, { isWatched }: Judging): readonly Finding[] {
  const { finalizers = [], deletionTimestamp } = raw.metadata ?? {};
  if (isWatched || !finalizers.includes(FINALIZER)) return [];
  const state = deletionTimestamp === undefined ? "cannot be deleted" : "hangs in its deletion";
  const remedy = "start the watcher, or take the finalizer off: what it applied stays then";
  const message = `${state} while no watcher runs (${FINALIZER})`;
  return [problem(checkOf(raw), message, remedy)];
}

function judgeSuspended(
  raw: RawRepository,
  { object, by, at = "", reason }: SuspendedObject,
  { now }: Judging,
): readonly Finding[] {
  const since = parseTime(at);
  if (since === undefined || now - since < DAY) return [];
  const why = reason === undefined ? "" : ` (${reason})`;
  const message = `${object} has been suspended by ${by} since ${at}${why}`;
  const remedy = "nopea resume ends it, when it is no longer needed";
  return [warning(checkOf(raw), message, remedy)];
}
