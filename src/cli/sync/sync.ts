/** `nopea sync`: Git is looked at now, and the command waits for what comes of it. */
import { ANNOTATION_SYNC_AT } from "../../model/annotations";
import type { JsonObject } from "../../model/json";
import { merge, read, type Target } from "../api/ask";
import { number, part, text } from "../api/fields";
import { oneNamespace } from "../api/one-namespace";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { until } from "../api/until";
import { CommandError, EXIT, type Answer, type Context } from "../context";
import { oneLine } from "../shown";
import { phaseShown } from "../status/overview";
import { summarise, type Summary } from "../status/summary";
import { facts } from "../table";

export interface SyncOptions {
  readonly name: string;
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/** Asks for a sync by the annotation `nopea.io/sync-at`; the status repeats its value when the sync is over. */
export async function sync(context: Context, options: SyncOptions): Promise<Answer> {
  const { name, wait } = options;
  const target: Target = { kind: GIT_REPOSITORIES, namespace: oneNamespace(context), name };
  context.progress(`Asking for a sync of ${name}`);
  refuseSuspended(await read(context, target), target);
  const token = String(context.now());
  await merge(context, target, { metadata: { annotations: { [ANNOTATION_SYNC_AT]: token } } });
  if (!wait) return asked(target, token);
  context.progress(`Waiting for the sync of ${name}`);
  const done = await until(context, target, isHandled(token), options.timeoutMs);
  if (done === undefined) throw await tooLate(context, target, options.timeoutMs);
  return outcome(
    summarise(done),
    number(part(part(done, "status"), "resources"), "total"),
    context,
  );
}

function isHandled(token: string): (object: JsonObject) => boolean {
  // somebody who asked a moment later is answered with the same sync
  return object => Number(text(part(object, "status"), "lastHandledSyncAt")) >= Number(token);
}

function refuseSuspended(repository: JsonObject, { namespace, name }: Target): void {
  if (part(repository, "spec").suspend !== true) return;
  throw new CommandError(
    `GitRepository ${namespace}/${name} is suspended (spec.suspend): nothing is fetched or written.\nResume it first: nopea resume ${name} -n ${namespace}`,
  );
}

function asked({ namespace, name }: Target, token: string): Answer {
  return {
    value: { namespace, name, syncAt: token },
    text: `Asked for a sync of ${namespace}/${name}. See what comes of it: nopea status ${name} -n ${namespace}`,
    exitCode: EXIT.ok,
  };
}

async function tooLate(context: Context, target: Target, timeoutMs: number): Promise<Error> {
  const { namespace, name } = target;
  const { phase, ready } = summarise(await read(context, target));
  const last = ready.message === "" ? "" : `: ${oneLine(ready.message)}`;
  return new CommandError(
    `The sync of ${namespace}/${name} is not over after ${timeoutMs / 1000}s; its phase is ${phase}${last}.\nIt goes on without this command. Look at nopea status ${name} -n ${namespace}, and whether nopea runs (kubectl -n pepr-system get pods); --timeout waits longer.`,
  );
}

/** What the sync came to: a failure is told like any other answer, with exit code 1. */
function outcome(summary: Summary, objects: number, { colors }: Context): Answer {
  const { namespace, name, phase, commit, drift, pending, ready } = summary;
  const failed = ready.status !== "True";
  const told = `${ready.reason}: ${oneLine(ready.message)}`;
  return {
    value: { ...summary, objects, outcome: failed ? "failed" : "synced" },
    text: facts([
      ["Repository", `${namespace}/${name}`],
      ["Phase", phaseShown(phase, colors)],
      ["Commit", oneLine(commit) || "none yet"],
      ["Objects", String(objects)],
      ["Drift", drift > 0 ? `${drift} open (nopea drift ${name} -n ${namespace} --open)` : ""],
      ["Pending", pending > 0 ? `${pending} (nopea status ${name} -n ${namespace})` : ""],
      ["Ready", failed ? colors.red(told) : told],
    ]),
    exitCode: failed ? EXIT.failed : EXIT.ok,
  };
}
