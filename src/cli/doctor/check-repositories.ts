/** GitRepositories that cannot go on by themselves, and suspensions that somebody may have forgotten. */
import { collectionPath } from "../../adapters/kube/paths";
import { FINALIZER } from "../../model/annotations";
import type { RawRepository } from "../../model/git-repository";
import type { JsonObject } from "../../model/json";
import { parseTime } from "../../model/time";
import type { Context } from "../context";
import { GIT_REPOSITORY } from "../diff/repository";
import { ok, problem, warning, type Finding } from "./finding";
import { items, probe, unreadable } from "./probe";

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
  const probed = await probe(context, collectionPath(GIT_REPOSITORY, ""));
  if (probed.state === "absent") return { findings: [], managesSomething: false };
  if (probed.state === "unreadable") {
    return { findings: [unreadable(CHECK, probed.why)], managesSomething: false };
  }
  const all = items(probed.object, "items");
  const found = all.flatMap(item => judge(read(item), { now: context.now(), isWatched }));
  const none = `${all.length === 1 ? "1, it" : `${all.length}, none`} waits for anybody`;
  const fine = all.length === 1 ? "1, which waits for nobody" : none;
  const total = (item: JsonObject) => read(item).status?.resources?.total ?? 0;
  return {
    findings: found.length === 0 ? [ok(CHECK, fine)] : found,
    managesSomething: all.some(item => total(item) > 0),
  };
}

function read(item: JsonObject): RawRepository {
  return item as RawRepository;
}

interface Judging {
  readonly now: number;
  readonly isWatched: boolean;
}

/** What is wrong with one of them. */
export function judge(
  { metadata, status = {} }: RawRepository,
  { now, isWatched }: Judging,
): readonly Finding[] {
  const { namespace = "", name = "", finalizers = [], deletionTimestamp } = metadata ?? {};
  const check = `GitRepository ${namespace}/${name}`;
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  const isStalled = status.conditions?.some(
    ({ type, status: is }) => type === "Stalled" && is === "True",
  );
  const findings: Finding[] = [];
  if (status.phase === "Failed" || isStalled === true) {
    const what = isStalled === true ? "Stalled" : "Failed";
    const where = ready?.reason.startsWith("Git") === true ? " (Git, as nopea reaches it)" : "";
    const remedy = `nopea status ${name} -n ${namespace}`;
    findings.push(problem(check, `${what}${where}: ${ready?.message ?? "no reason"}`, remedy));
  }
  if (finalizers.includes(FINALIZER) && !isWatched) {
    const state = deletionTimestamp === undefined ? "cannot be deleted" : "hangs in its deletion";
    const remedy =
      "start the watcher, or set spec.deletionPolicy to Retain and take the finalizer off";
    findings.push(problem(check, `${state} while no watcher runs (${FINALIZER})`, remedy));
  }
  for (const { object, by, at, reason } of status.suspended ?? []) {
    const since = parseTime(at ?? "");
    if (since === undefined || now - since < DAY) continue;
    const why = reason === undefined ? "" : ` (${reason})`;
    const remedy = `nopea resume ${object} -n ${namespace}, when it is no longer needed`;
    findings.push(
      warning(check, `${object} has been suspended by ${by} since ${at}${why}`, remedy),
    );
  }
  return findings;
}
