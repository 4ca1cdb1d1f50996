/** What edits by people leave behind: stamps on objects, DriftRecords, and marks that must go again. */
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "./cluster";
import { recordsOf, type DriftRecordObject } from "./hands";
import type { App, World } from "./world";

/** The DriftRecords of one object, oldest first. */
export async function recordsAbout(
  { cluster: { admin } }: World,
  { namespace }: App,
  name: string,
): Promise<readonly DriftRecordObject[]> {
  const all = await recordsOf(admin, namespace);
  return all.filter(({ spec }) => spec.object.name === name);
}

/** The newest DriftRecord of an object as soon as it fits. */
export function recordAbout(
  world: World,
  app: App,
  name: string,
  { fits = isConfirmed, ms = 30_000 }: RecordWanted = {},
): Promise<DriftRecordObject> {
  return eventually(async () => {
    const found = (await recordsAbout(world, app, name)).at(-1);
    if (found !== undefined && fits(found)) return found;
    throw new Error(`${app.namespace}/${name}: ${JSON.stringify(found?.status)}`);
  }, ms);
}

export interface RecordWanted {
  readonly fits?: (record: DriftRecordObject) => boolean;
  readonly ms?: number;
}

/** Somebody has seen that it happened. */
function isConfirmed({ status }: DriftRecordObject): boolean {
  return status.state !== "pending";
}

/** The episode is over. */
export function isClosed({ status }: DriftRecordObject): boolean {
  return status.state === "closed";
}

/** A witness that comes later than half a second is put into the record afterwards. */
export function isNamed({ status }: DriftRecordObject): boolean {
  return status.edits.every(({ by }) => by !== "unknown");
}

/** The names of nopea's own annotations on an object that speak of people, and Pepr's bookkeeping. */
export function marksOf({ metadata: { annotations = {} } }: KubeObject): readonly string[] {
  const isMark = (name: string) =>
    (name.startsWith("nopea.io/") && name !== "nopea.io/applied") || name.includes("pepr.dev/");
  return Object.keys(annotations).filter(isMark).sort();
}

type Edits = DriftRecordObject["status"]["edits"];

/** What the annotation on an object tells of its edits, oldest first. */
export function stampOf({ metadata: { annotations = {} } }: KubeObject): Edits {
  return JSON.parse(annotations["nopea.io/manual-edit"] ?? "[]") as Edits;
}

/** Until an object carries nothing that speaks of people any more. */
export async function untilUnmarked(get: () => Promise<KubeObject>, ms = 30_000): Promise<void> {
  await eventually(async () => {
    const marks = marksOf(await get());
    if (marks.length === 0) return true;
    throw new Error(`it carries ${marks.join(", ")}`);
  }, ms);
}

/** Until the status tells who has edited an object, by the end of its name. */
export async function untilWho(app: App, object: string, who: string, ms = 30_000): Promise<void> {
  await app.until(({ drift = [] }) => {
    return drift.find(found => found.object.endsWith(object))?.who === who;
  }, ms);
}
