/** An object on the real API server that nopea applied, that others write to, and that nopea heals. */
import { apply } from "../../src/adapters/kube/apply";
import { JSON_PATCH, type Kube } from "../../src/adapters/kube/client";
import { objectPath } from "../../src/adapters/kube/paths";
import { replacement } from "../../src/core/drift/replace";
import { seenOthers, takeSnapshot, type Snapshot } from "../../src/core/drift/snapshot";
import { compareThreeWay } from "../../src/core/drift/three-way";
import type { FieldDrift } from "../../src/model/drift";
import {
  isList,
  isObject,
  toCanonicalJson,
  type Json,
  type JsonObject,
} from "../../src/model/json";
import { groupOf, type Desired, type Manifest } from "../../src/model/manifest";
import type { StepOutcome } from "../../src/model/outcome";
import type { PatchOperation, Step } from "../../src/model/plan";
import { pathOf, READER } from "./drift-case";

const signal = new AbortController().signal;

export type Applied = Extract<StepOutcome, { result: "applied" }>;

export interface EditedObject {
  readonly manifest: Manifest;
  /** One step as the worker sends it; throws where nothing was applied, but tries again where the object moved. */
  apply(
    manifest: Manifest,
    replace?: (live: JsonObject) => readonly PatchOperation[],
  ): Promise<Applied>;
  read(): Promise<JsonObject>;
  /** A JSON patch, or a merge patch, by somebody. */
  edit(manager: string, patch: Json): Promise<JsonObject>;
  snapshot(answer: JsonObject): Snapshot;
}

/** `plural` of the kind; nothing is on the server yet. */
export function editedObject(kube: Kube, plural: string, manifest: Manifest): EditedObject {
  const desired = desiredOf(plural, manifest);
  const path = objectPath(desired.kind, desired.key);
  const read = async () => (await kube({ path, signal })).body;
  const plan = { fieldManager: READER.fieldManager, commit: "c1" };
  return {
    manifest,
    read,
    apply: async (sent, replace = () => []) => {
      for (;;) {
        const live = await read();
        const step: Step = {
          desired,
          manifest: sent,
          force: true,
          held: [],
          replace: replace(live),
          ...on(live),
        };
        const outcome = await apply(kube, step, plan, signal);
        if (outcome.result === "applied") return outcome;
        if (outcome.result !== "stale") throw new Error(JSON.stringify(outcome));
      }
    },
    edit: async (fieldManager, patch) => {
      const contentType = isList(patch) ? JSON_PATCH : "application/merge-patch+json";
      const query = { fieldManager };
      const body = JSON.stringify(patch);
      const answer = await kube({ method: "PATCH", path, query, contentType, body, signal });
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    },
    snapshot: answer => takeSnapshot(answer, manifest, READER),
  };
}

function on(live: JsonObject): Pick<Step, "on"> {
  const { uid, resourceVersion } = isObject(live.metadata) ? live.metadata : {};
  if (typeof uid !== "string" || typeof resourceVersion !== "string") return {};
  return { on: { uid, resourceVersion } };
}

/** The manifest as a sync would want it. */
export function desiredOf(plural: string, manifest: Manifest): Desired {
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace = "" } = metadata;
  return {
    key: { group: groupOf(apiVersion), kind, namespace, name },
    kind: { apiVersion, kind, plural, namespaced: true },
    manifest,
    digest: "d1",
    source: { file: "a.yaml", line: 1 },
  };
}

export interface Healing {
  readonly snapshot: Snapshot | undefined;
}

/** Heals as the worker does: once more, thoroughly, where the API server refuses. */
export async function heal(
  object: EditedObject,
  { snapshot }: Healing,
): Promise<Applied & { thorough: boolean }> {
  const { manifest } = object;
  const replaceBy = (thorough: boolean) => (live: JsonObject) => {
    const fields = driftOf(object, live, { snapshot });
    return replacement(
      { manifest, live, fields: fields.map(({ path }) => pathOf(path)), snapshot, thorough },
      READER,
    );
  };
  try {
    return { ...(await object.apply(manifest, replaceBy(false))), thorough: false };
  } catch (error) {
    if (!String(error).includes("object-refused")) throw error;
    return { ...(await object.apply(manifest, replaceBy(true))), thorough: true };
  }
}

/** What nopea says of the object. */
export function driftOf(
  { manifest }: EditedObject,
  live: JsonObject,
  { snapshot }: Healing,
): readonly FieldDrift[] {
  const drift = compareThreeWay({ base: manifest, desired: manifest, live, snapshot }, READER);
  if (drift.object !== "present") throw new Error(`it is ${drift.object}`);
  return drift.fields;
}

/** The snapshot with what others added since. */
export function seen(object: EditedObject, snapshot: Snapshot, live: JsonObject): Snapshot {
  if (driftOf(object, live, { snapshot }).length > 0) throw new Error("it has drifted");
  return seenOthers(snapshot, live, READER);
}

/** A value with its lists in an order of their own: what of it does not depend on order. */
export function unordered(value: Json | undefined): Json {
  if (isList(value)) {
    return value.map(unordered).sort((a, b) => (toCanonicalJson(a) < toCanonicalJson(b) ? -1 : 1));
  }
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, unordered(below)]));
}
