/** Orders what is to be written, so that nothing comes before what it needs. */
import type { JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import type { Manifest } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { PatchOperation, Plan, Step } from "../../model/plan";
import type { Overwrite, Verdict, Writing } from "../../model/verdict";
import { withHeld } from "../drift/hold";
import { leftovers, removal } from "../drift/leftovers";
import { replacement } from "../drift/replace";
import type { Reader, Snapshot } from "../drift/snapshot";
import { annotationsOf } from "../heal/suspension";
import { STAGE_COUNT, stageOf } from "./stages";

/** What nopea's own last apply was, and was answered with; absent: not known. */
export interface Past {
  readonly snapshot?: Snapshot;
  readonly base?: Manifest;
}

export interface Planning {
  readonly reader: Reader;
  readonly commit: string;
  /** What is remembered of a live object, by formatKey. */
  readonly pastOf: (id: string) => Past;
}

/** Within a stage the order is that of the verdicts. */
export function plan(verdicts: readonly Writing[], { reader, commit, pastOf }: Planning): Plan {
  const stages = Array.from({ length: STAGE_COUNT }, (): Step[] => []);
  for (const verdict of verdicts) {
    const past = pastOf(formatKey(verdict.desired.key));
    stages[stageOf(verdict.desired.key)]?.push(stepOf(verdict, past, reader));
  }
  const { fieldManager } = reader;
  return { fieldManager, commit, stages: stages.filter(stage => stage.length > 0) };
}

/** True for a verdict that is carried out by a write. */
export function isWriting(verdict: Verdict): verdict is Writing {
  const { action } = verdict;
  return action === "create" || action === "update" || action === "adopt" || action === "release";
}

function stepOf(verdict: Writing, past: Past, reader: Reader): Step {
  const { desired } = verdict;
  const { manifest } = desired;
  switch (verdict.action) {
    case "create":
      // unforced: should somebody have made the object meanwhile, the answer says so
      return { desired, manifest, force: false, held: [] };
    case "release":
      return {
        desired,
        manifest,
        force: false,
        held: [],
        on: verdict.live,
        replace: annotationsOf(verdict.live.annotations).map(removeAnnotation),
        patchOnly: true,
      };
    case "update":
    case "adopt":
      return overwrite(verdict, past, reader);
  }
}

function overwrite(verdict: Overwrite, past: Past, reader: Reader): Step {
  const { desired, live, force, held, object } = verdict;
  if (object === undefined)
    return { desired, manifest: desired.manifest, force, held: [], on: live };
  const manifest = withHeld(desired.manifest, object, held);
  const replace = replaceOf(verdict, { ...past, manifest, live: object }, reader);
  const step = { desired, manifest, force, held, on: live };
  return replace.length === 0 ? step : { ...step, replace };
}

interface Replacing extends Past {
  readonly manifest: Manifest;
  readonly live: JsonObject;
}

/** What server-side apply alone would leave there. */
function replaceOf(
  { healed, dropped, thorough = false }: Overwrite,
  { manifest, live, snapshot, base }: Replacing,
  reader: Reader,
): readonly PatchOperation[] {
  if (dropped.length > 0) return removal(live, dropped);
  if (healed.length === 0) return [];
  // half of what Git drops would stay, and be refused
  const drops = base && leftovers({ base, desired: manifest, answer: live }, reader);
  const replacing = { manifest, live, fields: healed, snapshot, thorough };
  return replacement({ ...replacing, ...(drops === undefined ? {} : { dropped: drops }) }, reader);
}

function removeAnnotation(name: string): PatchOperation {
  return { op: "remove", path: `/metadata/annotations/${pointerToken(name)}` };
}
