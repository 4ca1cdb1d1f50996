/** What the script does: commits, edits by people, break-glass, other policies. Every value that is set is set once. */
import { KubeError, type KubeClient } from "../../src/local/kube-client";
import { eventually } from "../../src/local/eventually";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import {
  patchOf,
  revisionOf,
  textOf,
  type BookedField,
  type BookedObject,
  type Keeps,
} from "./book";
import { GONE, valueAt } from "./facts";
import { specOf, type App } from "./stage";
import { peopleNames, type Surroundings } from "./surroundings";

/** An API server that is started again takes its time. */
const PATIENCE_MS = 120_000;

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
export const edit: Deed = (hands, app) => editField(hands, app, anyField(hands, app));

/** The same of a field that was chosen. */
export async function editField(hands: Hands, app: App, field: BookedField): Promise<void> {
  const { object } = field;
  const { person, kube } = somebody(hands);
  const isKept = await isKeptNow(app, field);
  const value = newValue(hands, person);
  const before = Date.now();
  const answer = await answerOf(
    hands,
    object,
    ref => kube.patch<KubeObject>(ref, patchOf(field, value)),
    found => valueAt(found, field.path) === value,
  );
  if (answer === undefined) return;
  const isShort = app.policy === "short";
  const isHeldBack = isShort && isKept === "yes" && object.edits === 0 && !object.isSuspended;
  object.edits++;
  app.book.edited(field, {
    value,
    answer,
    keeps: isShort ? "no" : isKept,
    why: object.isSuspended ? "suspend-heal" : app.policy,
    ...(isHeldBack ? { untilTime: before + 2_500 } : {}),
  });
}

/** Break-glass and a hotfix, in one request. */
export const suspend: Deed = async (hands, app) => {
  const field = anyField(hands, app);
  const { object } = field;
  const { person, kube } = somebody(hands);
  const value = newValue(hands, person);
  const answer = await answerOf(
    hands,
    object,
    ref => kube.patch<KubeObject>(ref, patchOf(field, value, { [SUSPEND]: "true" })),
    isSuspended,
  );
  if (answer === undefined) return;
  object.edits++;
  app.book.suspended(object, answer);
};

/** Break-glass ends. */
export const resume: Deed = async (hands, app) => {
  const object = app.book.objects.find(({ isSuspended }) => isSuspended);
  if (object === undefined) return edit(hands, app);
  const { kube } = somebody(hands);
  const path = `/metadata/annotations/${SUSPEND.replace("/", "~1")}`;
  const answer = await answerOf(
    hands,
    object,
    ref => kube.patch<KubeObject>(ref, [{ op: "remove", path }]),
    found => !isSuspended(found),
  );
  if (answer === undefined) return;
  object.edits++;
  const isHealed = app.policy === "auto" || app.policy === "short";
  app.book.resumed(object, revisionOf(answer) - 1, isHealed ? "no" : "unknown");
};

const isSuspended = ({ metadata }: KubeObject) => metadata.annotations?.[SUSPEND] !== undefined;

/** A person deletes an object, and nopea makes it anew. */
export const remove: Deed = async (hands, app) => {
  const object = pick(hands, app.book.objects);
  if (object.isSuspended || app.policy !== "auto") return edit(hands, app);
  const { kube } = somebody(hands);
  await kube.delete(refOf(object));
};

/** From manual to auto, or back. */
export const turn: Deed = async (hands, app) => {
  if (app.policy !== "manual" && app.policy !== "auto") return edit(hands, app);
  const next = app.policy === "auto" ? "manual" : "auto";
  const before = await revision(hands);
  const { admin } = hands.surroundings;
  await eventually(() => admin.patch(app.ref, { spec: specOf(next) }), PATIENCE_MS, 500);
  app.policy = next;
  if (next === "auto") app.book.healsAll(before);
  else await eventually(async () => (await findUnhealed(hands, app), true), PATIENCE_MS, 500);
};

/** What was not healed before the policy became another may be healed or left. */
async function findUnhealed({ surroundings: { admin } }: Hands, { book }: App): Promise<void> {
  const fields = book.objects
    .filter(({ isSuspended }) => !isSuspended)
    .flatMap(({ fields }) => fields);
  for (const field of fields) {
    const value = valueAt(await admin.find<KubeObject>(refOf(field.object)), field.path);
    field.live = [...new Set([field.git, value ?? GONE])];
  }
}

/** Whether a policy keeps an edit of this field that is made now, or holds healing back. */
async function isKeptNow(app: App, field: BookedField): Promise<Keeps> {
  if (app.policy === "auto") return "no";
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

/** What a write was answered; where the answer was lost, the object if it was written all the same. */
async function answerOf(
  { surroundings: { admin }, tally }: Hands,
  object: BookedObject,
  act: (ref: ObjectRef) => Promise<KubeObject>,
  isDone: (found: KubeObject) => boolean,
): Promise<KubeObject | undefined> {
  try {
    return await act(refOf(object));
  } catch (error) {
    tally.refused++;
    if (error instanceof KubeError && error.status < 500) return undefined;
    const look = async () => ({ found: await admin.find<KubeObject>(refOf(object)) });
    const { found } = await eventually(look, PATIENCE_MS, 500);
    return found !== undefined && isDone(found) ? found : undefined;
  }
}
