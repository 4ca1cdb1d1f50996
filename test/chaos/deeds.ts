/** What the script does: commits, edits by people, break-glass, other policies. Every value that is set is set once. */
import { KubeError, type KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";
import {
  patchOf,
  revisionOf,
  textOf,
  type BookedField,
  type BookedObject,
  type Keeps,
} from "./book";
import { valueAt } from "./facts";
import { specOf, type App } from "./stage";
import { peopleNames, type Surroundings } from "./surroundings";

const SUSPEND = "nopea.io/suspend-heal";

/** Who plays, and with what. */
export interface Hands {
  readonly surroundings: Surroundings;
  readonly random: () => number;
  /** Who wrote each value. */
  readonly authors: Map<string, string>;
  readonly tally: Tally;
}

/** One for all who play. */
export interface Tally {
  /** For values that are nowhere else. */
  count: number;
  /** Deeds that the API server did not let happen, or whose answer was lost. */
  refused: number;
}

export type Deed = (hands: Hands, app: App) => Promise<void>;

export function pick<T>({ random }: Pick<Hands, "random">, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}

const refOf = ({ apiVersion, kind, namespace, name }: BookedObject) => ({
  apiVersion,
  kind,
  namespace,
  name,
});

const anyField = (hands: Hands, { book }: App): BookedField =>
  pick(
    hands,
    book.objects.flatMap(({ fields }) => fields),
  );

/** The newest revision of the cluster, as far as GitRepositories and ConfigMaps know. */
async function revision({ surroundings: { admin } }: Hands): Promise<number> {
  return Number(await admin.resourceVersion("v1", "ConfigMap"));
}

/** Changes one field in Git. */
export const commit: Deed = async (hands, app) => {
  const field = anyField(hands, app);
  const before = await revision(hands);
  const value = `git-${++hands.tally.count}`;
  app.book.committed(field, value, before);
  const { object } = field;
  app.head = await app.repository.commit({ [`${object.name}.yaml`]: textOf(object) });
};

/** A person changes one field. */
export const edit: Deed = async (hands, app) => {
  const field = anyField(hands, app);
  const { person, kube } = somebody(hands);
  const keeps = await isKept(app, field);
  const value = newValue(hands, person);
  await attempt(hands, field, value, async () => {
    const before = Date.now();
    const answer = await kube.patch<KubeObject>(refOf(field.object), patchOf(field, value));
    const isFirst = app.policy === "short" && field.object.edits === 0;
    const untilTime = isFirst && !field.object.isSuspended ? before + 2_500 : undefined;
    field.object.edits++;
    app.book.edited(field, {
      value,
      answer,
      keeps,
      why: field.object.isSuspended ? "suspend-heal" : app.policy,
      ...(untilTime === undefined ? {} : { untilTime }),
    });
  });
};

/** Break-glass and a hotfix, in one request. */
export const suspend: Deed = async (hands, app) => {
  const field = anyField(hands, app);
  const { object } = field;
  const { person, kube } = somebody(hands);
  const value = newValue(hands, person);
  await attempt(hands, field, value, async () => {
    const patch = patchOf(field, value, { [SUSPEND]: "true" });
    const answer = await kube.patch<KubeObject>(refOf(object), patch);
    object.edits++;
    app.book.suspended(object, answer);
  });
};

/** Break-glass ends. */
export const resume: Deed = async (hands, app) => {
  const object = app.book.objects.find(({ isSuspended }) => isSuspended);
  if (object === undefined) return edit(hands, app);
  const { kube } = somebody(hands);
  const path = `/metadata/annotations/${SUSPEND.replace("/", "~1")}`;
  try {
    const answer = await kube.patch<KubeObject>(refOf(object), [{ op: "remove", path }]);
    object.edits++;
    const isHealed = app.policy === "auto" || app.policy === "short";
    app.book.resumed(object, revisionOf(answer) - 1, isHealed ? "no" : "unknown");
  } catch {
    hands.tally.refused++;
  }
};

/** A person deletes an object, and nopea makes it anew. */
export const remove: Deed = async (hands, app) => {
  const object = pick(hands, app.book.objects);
  if (object.isSuspended || app.policy !== "auto") return edit(hands, app);
  const { kube } = somebody(hands);
  await kube.delete(refOf(object)).catch(() => hands.tally.refused++);
};

/** From manual to auto, or back. */
export const turn: Deed = async (hands, app) => {
  if (app.policy !== "manual" && app.policy !== "auto") return edit(hands, app);
  const next = app.policy === "auto" ? "manual" : "auto";
  try {
    const before = await revision(hands);
    await hands.surroundings.admin.patch(app.ref, { spec: specOf(next) });
    app.policy = next;
    if (next === "auto") app.book.healsAll(before);
    else await findUnhealed(hands, app);
  } catch {
    hands.tally.refused++;
  }
};

/** What was not healed before the policy became another may be healed or left. */
async function findUnhealed({ surroundings: { admin } }: Hands, { book }: App): Promise<void> {
  const fields = book.objects
    .filter(({ isSuspended }) => !isSuspended)
    .flatMap(({ fields }) => fields);
  for (const field of fields) {
    const value = valueAt(await admin.find<KubeObject>(refOf(field.object)), field.path);
    if (value !== undefined) field.live = [...new Set([field.git, value])];
  }
}

/** Whether a policy keeps an edit of this field that is made now. */
async function isKept(app: App, field: BookedField): Promise<Keeps> {
  if (app.policy === "auto" || app.policy === "short") return "no";
  const { metadata, spec, status = {} } = await app.resource();
  const conditions = [
    status.observedGeneration === metadata.generation,
    // with a commit on its way it may be a conflict, which Git wins
    status.lastSyncedCommit === app.head,
    spec.healPolicy === "manual" || spec.healGracePeriod !== undefined,
    field.live.length === 1,
  ];
  return conditions.every(Boolean) ? "yes" : "unknown";
}

function somebody(hands: Hands): { readonly person: string; readonly kube: KubeClient } {
  const person = pick(hands, peopleNames);
  const kube = hands.surroundings.people[person];
  if (kube === undefined) throw new Error(`${person} is nobody`);
  return { person, kube };
}

function newValue(hands: Hands, person: string): string {
  const value = `${person}-${++hands.tally.count}`;
  hands.authors.set(value, person);
  return value;
}

/** Without an answer nobody knows whether it was written. */
async function attempt(
  hands: Hands,
  field: BookedField,
  value: string,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    hands.tally.refused++;
    if (error instanceof KubeError && error.status < 500) return;
    field.live = [...field.live, value];
    const { protection } = field;
    if (protection !== undefined) protection.until = protection.from;
  }
}
