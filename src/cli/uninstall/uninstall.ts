/** `nopea uninstall`: takes nopea out of a cluster, so that nothing hangs and the objects stay. */
import { CommandError, EXIT, type Answer, type Context } from "../context";
import { isWatched } from "../doctor/is-watched";
import { managed, releaseAll, repositories } from "./finalizers";
import { inNamespace, usersOfStore } from "./neighbours";
import {
  DEFINITIONS,
  PEPRS_DEFINITION,
  PEPRS_NAMESPACE,
  PROCESSES,
  REST,
  type Part,
} from "./parts";
import { find, isLeaving, nameOf, remove, untilGone } from "./requests";

export interface UninstallOptions {
  readonly yes: boolean;
  /** Only say what would be deleted. */
  readonly dryRun: boolean;
  readonly deleteCrds: boolean;
  /** Asks whoever sits there; absent: nobody does. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
  /** How long a running watcher gets to take its finalizers off. */
  readonly patienceMs?: number;
}

/** A second run finds nothing and says so. */
export async function uninstall(context: Context, options: UninstallOptions): Promise<Answer> {
  context.progress("looking for what is there");
  const parts = options.deleteCrds
    ? [...DEFINITIONS, ...PROCESSES, ...REST]
    : [...PROCESSES, ...REST];
  const there = await present(context, parts);
  const stay = managed(await repositories(context));
  const peprs = await fatesOfPeprs(context, options);
  const going = [...there, ...peprs.flatMap(({ part, users }) => (users.length > 0 ? [] : part))];
  if (going.length === 0) {
    return answer([], [...peprs.map(left), "Nothing of nopea is left in this cluster."], options);
  }
  if (options.dryRun) {
    const steps = [...going.map(part => `would delete ${nameOf(part)}`), ...peprs.map(left)];
    return answer(going, [...steps, staying(stay)], options);
  }
  await confirm(context, going, options);
  const steps = [
    ...(await removeDefinitions(context, there, options)),
    ...(await removeAll(context, only(there, PROCESSES))),
    ...(options.deleteCrds ? [] : releasedLines(await releaseAll(context))),
    ...(await removeAll(context, only(there, REST))),
    ...(await removePeprs(context, options)),
  ];
  return answer(going, [...steps, staying(stay)], options);
}

function answer(
  parts: readonly Part[],
  steps: readonly string[],
  { dryRun }: UninstallOptions,
): Answer {
  const told = steps.filter(step => step !== "");
  const value = { dryRun, deleted: parts.map(nameOf), steps: told };
  return { value, text: told.join("\n"), exitCode: EXIT.ok };
}

async function present(context: Context, parts: readonly Part[]): Promise<readonly Part[]> {
  const found = await Promise.all(parts.map(part => find(context, part)));
  return parts.filter((_, at) => found[at] !== undefined);
}

function only(there: readonly Part[], of: readonly Part[]): readonly Part[] {
  return of.filter(part => there.includes(part));
}

function staying(count: number): string {
  if (count === 0) return "";
  const objects =
    count === 1 ? "1 object that nopea applied stays" : `${count} objects that nopea applied stay`;
  return `${objects}, with the labels nopea.io/repository and nopea.io/repository-namespace`;
}

async function confirm(
  { server }: Context,
  there: readonly Part[],
  { yes, ask, deleteCrds }: UninstallOptions,
): Promise<void> {
  if (yes) return;
  if (ask === undefined) {
    const message =
      "Nobody can be asked here: say --yes to uninstall, or --dry-run to see what goes.";
    throw new CommandError(message, EXIT.usage);
  }
  const list = there.map(part => `  ${nameOf(part)}`).join("\n");
  const all = deleteCrds
    ? "All GitRepositories and DriftRecords go with their definitions. What they applied stays."
    : "GitRepositories and DriftRecords stay, and so does what they applied.";
  const question = `This deletes from ${server}:\n${list}\n${all}`;
  if (!(await ask(question))) throw new CommandError("Nothing was deleted.");
}

const PATIENCE_MS = 60_000;

async function removeDefinitions(
  context: Context,
  there: readonly Part[],
  { patienceMs = PATIENCE_MS }: UninstallOptions,
): Promise<readonly string[]> {
  const definitions = only(there, DEFINITIONS);
  const watched = await isWatched(context);
  for (const part of definitions) await remove(context, part);
  context.progress("waiting for GitRepositories to go");
  // nobody else would take them off; a watcher leaves the objects while the definition goes
  const lines = watched ? [] : releasedLines(await releaseAll(context));
  for (const part of definitions) lines.push(...(await gone(context, part, patienceMs)));
  return lines;
}

async function gone(context: Context, part: Part, ms: number): Promise<readonly string[]> {
  if (await untilGone(context, part, ms)) return [deleted(part)];
  const lines = releasedLines(await releaseAll(context));
  if (await untilGone(context, part, ms)) return [...lines, deleted(part)];
  throw new CommandError(
    `${nameOf(part)} is still being deleted: something holds its objects.\nkubectl get gr,drift -A shows them with their finalizers; then run nopea uninstall again.`,
  );
}

function releasedLines(count: number): string[] {
  const what = count === 1 ? "1 GitRepository" : `${count} GitRepositories`;
  return count === 0 ? [] : [`took the finalizer off ${what}: no watcher does`];
}

function deleted(part: Part): string {
  return `deleted ${nameOf(part)}`;
}

async function removeAll(context: Context, parts: readonly Part[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const part of parts) {
    context.progress(`deleting ${nameOf(part)}`);
    // one may have gone with another that owns it
    await remove(context, part);
    lines.push(deleted(part));
  }
  return lines;
}

interface Fate {
  readonly part: Part;
  /** What of others needs it: then it stays. */
  readonly users: readonly string[];
}

/** Pepr's definition and its namespace, as far as they are there. */
async function fatesOfPeprs(
  context: Context,
  { deleteCrds }: UninstallOptions,
): Promise<readonly Fate[]> {
  const [users, neighbours] = await Promise.all([usersOfStore(context), inNamespace(context)]);
  const kept = deleteCrds ? [] : ["GitRepositories are kept"];
  const fates = [
    { part: PEPRS_DEFINITION, users },
    { part: PEPRS_NAMESPACE, users: [...neighbours, ...kept] },
  ];
  const objects = await Promise.all(fates.map(({ part }) => find(context, part)));
  return fates.filter((_, at) => objects[at] !== undefined && !isLeaving(objects[at]));
}

async function removePeprs(
  context: Context,
  options: UninstallOptions,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const fate of await fatesOfPeprs(context, options)) {
    lines.push(...(fate.users.length > 0 ? [left(fate)] : await removeAll(context, [fate.part])));
  }
  return lines;
}

const SHOWN = 3;

/** "" for what goes. */
function left({ part, users }: Fate): string {
  if (users.length === 0) return "";
  const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : "";
  return `left ${nameOf(part)}: others are there (${users.slice(0, SHOWN).join(", ")}${more})`;
}
