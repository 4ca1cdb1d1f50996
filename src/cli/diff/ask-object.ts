/** What a sync would do to one declared object: the API server's own answer to the same apply as a dry run. */
import { APPLY_PATCH, type KubeAnswer } from "../../adapters/kube/client";
import { failUnlessFound, writeFault } from "../../adapters/kube/faults";
import { readSighting } from "../../adapters/kube/live";
import { patchBody } from "../../adapters/kube/patch-body";
import { objectPath } from "../../adapters/kube/paths";
import { ignoredBy } from "../../core/heal/ignored";
import { shown } from "../../core/heal/shown";
import { classify } from "../../core/sync/classify";
import { coversPath } from "../../model/field-pattern";
import { toCanonicalJson, type Json } from "../../model/json";
import type { Sighting } from "../../model/live";
import { kindId, type Desired, type KindInfo } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { OwnerMarks } from "../../model/ownership";
import type { Context } from "../context";
import type { FieldChange, ObjectChange } from "./change";
import { compare, pathText, type Difference } from "./compare";
import { notesOf } from "./notes";
import { ownersOf } from "./owners";
import type { ReadableRepository } from "./repository";

export interface Asking {
  readonly repository: ReadableRepository;
  readonly marks: OwnerMarks;
  /** By kindId. */
  readonly served: ReadonlyMap<string, KindInfo>;
  /** Namespaces that the same commit makes. */
  readonly namespaces: ReadonlySet<string>;
}

/** Undefined: the object is as Git declares it. */
export async function askObject(
  context: Context,
  desired: Desired,
  asking: Asking,
): Promise<ObjectChange | undefined> {
  const comes = (note: string) => changeOf(desired, "create", { notes: [note] });
  if (!asking.served.has(kindId(desired.kind))) return comes("its kind comes with this commit");
  const path = objectPath(desired.kind, desired.key);
  const answer = await context.kube({ path, signal: context.signal });
  const isThere = failUnlessFound(answer, path);
  const live = isThere ? readSighting(desired.kind, answer.body) : undefined;
  if (live !== undefined) return update(context, desired, live, asking);
  const tried = await rehearse(context, desired, asking.marks);
  if (tried.status < 300) return changeOf(desired, "create", {});
  if (tried.status === 404 && asking.namespaces.has(desired.key.namespace))
    return comes("its namespace comes with this commit");
  return refused(desired, tried);
}

async function update(
  context: Context,
  desired: Desired,
  { live, object }: Sighting,
  { marks, repository }: Asking,
): Promise<ObjectChange | undefined> {
  const standing = classify(live, marks, () => true);
  if (standing.of === "another") {
    const { namespace, name } = standing.repository;
    const note = `GitRepository ${namespace}/${name} manages it: nopea leaves it to that one while it exists`;
    return changeOf(desired, "refused", { notes: [note] });
  }
  const tried = await rehearse(context, desired, marks);
  if (tried.status >= 300) return refused(desired, tried);
  const ignored = ignoredBy(desired);
  const differences = compare(object, tried.body).filter(
    ({ path }) => !ignored.some(pattern => coversPath(pattern, path)),
  );
  const isOurs = standing.of === "us";
  if (differences.length === 0 && isOurs) return undefined;
  const fields = differences.map(difference => {
    const owners = isOurs ? ownersOf(object, difference.path, marks.fieldManager) : [];
    return fieldOf(difference, desired.kind.kind, owners);
  });
  const notes = notesOf({ live, repository, fields, isOurs, now: context.now() });
  return changeOf(desired, "update", { fields, notes });
}

/** Forced, as nopea overwrites what differs. nopea's own annotation is left out: the hooks take it from nobody else. */
function rehearse(
  { kube, signal }: Context,
  { kind, key, manifest }: Desired,
  { fieldManager }: OwnerMarks,
): Promise<KubeAnswer> {
  return kube({
    method: "PATCH",
    path: objectPath(kind, key),
    query: { fieldManager, force: "true", dryRun: "All" },
    contentType: APPLY_PATCH,
    body: patchBody(manifest),
    signal,
  });
}

function refused(desired: Desired, answer: KubeAnswer): ObjectChange {
  return changeOf(desired, "refused", { notes: [writeFault(answer, desired).message] });
}

function fieldOf(difference: Difference, kind: string, owners: readonly string[]): FieldChange {
  const text = (value: Json | undefined) =>
    value === undefined ? undefined : toCanonicalJson(value);
  const { from, to } = { from: text(difference.from), to: text(difference.to) };
  const change = {
    path: pathText(difference),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  return { ...shown(change, kind, "safe"), owners };
}

function changeOf(
  { key, source: { file, line } }: Desired,
  action: ObjectChange["action"],
  more: Partial<Pick<ObjectChange, "fields" | "notes">>,
): ObjectChange {
  const source = `${file}:${line}`;
  return { object: formatKey(key), action, source, fields: [], notes: [], ...more };
}
