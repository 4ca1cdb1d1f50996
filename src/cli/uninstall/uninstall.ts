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
  if (there.length === 0) return answer([], ["Nothing of nopea is left in this cluster."], options);
  if (options.dryRun) {
    return answer(
      there,
      [...there.map(part => `would delete ${nameOf(part)}`), staying(stay)],
      options,
    );
  }
  await confirm(context, there, options);
  const steps = [
    ...(await removeDefinitions(context, there, options)),
    ...(await removeAll(context, only(there, PROCESSES))),
    ...(options.deleteCrds ? [] : releasedLines(await releaseAll(context))),
    ...(await removeAll(context, only(there, REST))),
    ...(await removePeprs(context)),
  ];
  return answer(there, [...steps, staying(stay)], options);
}

function answer(
  parts: readonly Part[],
  steps: readonly string[],
  { dryRun }: UninstallOptions,
): Answer {
  const value = { dryRun, deleted: parts.map(nameOf), steps };
  return { value, text: steps.filter(step => step !== "").join("\n"), exitCode: EXIT.ok };
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
  { yes, ask }: UninstallOptions,
): Promise<void> {
  if (yes) return;
  if (ask === undefined) {
    const message =
      "Nobody can be asked here: say --yes to uninstall, or --dry-run to see what goes.";
    throw new CommandError(message, EXIT.usage);
  }
  const list = there.map(part => `  ${nameOf(part)}`).join("\n");
  const question = `This deletes from ${server}:\n${list}\nAll GitRepositories and DriftRecords go with their definitions. What they applied stays.`;
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

async function removePeprs(context: Context): Promise<readonly string[]> {
  const [users, neighbours] = await Promise.all([usersOfStore(context), inNamespace(context)]);
  return [
    ...(await removeUnless(context, PEPRS_DEFINITION, users)),
    ...(await removeUnless(context, PEPRS_NAMESPACE, neighbours)),
  ];
}

const SHOWN = 3;

async function removeUnless(
  context: Context,
  part: Part,
  users: readonly string[],
): Promise<readonly string[]> {
  const object = await find(context, part);
  if (object === undefined || isLeaving(object)) return [];
  if (users.length === 0) return removeAll(context, [part]);
  const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : "";
  return [`left ${nameOf(part)}: others are there (${users.slice(0, SHOWN).join(", ")}${more})`];
}
