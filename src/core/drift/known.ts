/** What is remembered of one live object between two looks at it, and what a newer version makes of that. */
import { ANNOTATION_APPLIED, ANNOTATION_SUSPEND_HEAL } from "../../model/annotations";
import type { Edit } from "../../model/episode";
import type { FieldPath } from "../../model/field-path";
import type { JsonObject } from "../../model/json";
import type { Live, Sighting } from "../../model/live";
import type { KindInfo, Manifest } from "../../model/manifest";
import { compareVersions } from "../../model/resource-version";
import type { Companions } from "../evidence/companions";
import { ownFieldsV1, owns } from "../evidence/own-entry";
import { readEvidence } from "../evidence/read-evidence";
import { autoscaledFields } from "../heal/autoscaled";
import { changedLeaves } from "./changed-leaves";
import { seenOthers, takeSnapshot, type Reader, type Snapshot } from "./snapshot";

export interface Known {
  readonly kind: KindInfo;
  readonly live: Live;
  /** The whole object, only while it differs from the snapshot or there is none. */
  readonly object?: JsonObject;
  readonly snapshot?: Snapshot;
  /** What Git declared when nopea last applied the object. */
  readonly base?: Manifest;
  /** What was remembered before an apply of ours whose answer was lost: what that left behind is not known yet. */
  readonly unheard?: Pick<Known, "snapshot" | "base">;
  readonly autoscaled: readonly FieldPath[];
  /** When the first version came that differs; milliseconds since the epoch, as every time here. */
  readonly changedAt?: number;
  /** The break-glass annotation. */
  readonly suspendHeal?: SuspendHeal;
  /** Who edited it since nopea's last write, as the admission hook has sealed; oldest first. */
  readonly stamped?: readonly Edit[];
  /** It carries what only the hook writes, and the hook did not write it. */
  readonly isForged?: true;
}

export interface SuspendHeal {
  readonly value: string;
  /** Since when it has this value, as far as is known. */
  readonly at: number;
  /** Who set it; absent: nobody witnessed it. */
  readonly by?: string;
}

export interface Looking {
  readonly kind: KindInfo;
  readonly reader: Reader;
  readonly now: number;
}

/** What is known after another version was seen; the same reference where that says nothing new. */
export function look(before: Known | undefined, seen: Sighting, looking: Looking): Known {
  if (before?.live.uid !== seen.live.uid) return firstLook(seen, looking, before);
  const order = compareVersions(seen.live.resourceVersion, before.live.resourceVersion);
  if (order > 0) return newerLook(before, seen, looking);
  // what is older than our last answer is history
  return order < 0 ? before : sameLook(before, seen, looking.reader);
}

/** An object that is new to us, or made anew. */
function firstLook(seen: Sighting, looking: Looking, before: Known | undefined): Known {
  const { object } = seen;
  return {
    ...memoryOf(before),
    ...common(seen, undefined, looking),
    object,
    changedAt: looking.now,
  };
}

function unheardOf({ unheard }: Known): Pick<Known, "unheard"> {
  return unheard === undefined ? {} : { unheard };
}

/** Also of an object that was made anew: what was there before tells what that has changed. */
function memoryOf(before: Known | undefined): Pick<Known, "snapshot" | "base"> {
  const { snapshot, base } = before ?? {};
  return {
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(base === undefined ? {} : { base }),
  };
}

function newerLook(before: Known, seen: Sighting, looking: Looking): Known {
  const { object } = seen;
  if (isUnheard(before, seen, looking.reader)) {
    const unheard = before.unheard ?? memoryOf(before);
    return { ...common(seen, before, looking), object, changedAt: looking.now, unheard };
  }
  const { snapshot, changedAt = looking.now } = before;
  const kept = { ...memoryOf(before), ...unheardOf(before), ...common(seen, before, looking) };
  if (snapshot === undefined || differs(snapshot, object, looking.reader)) {
    return { ...kept, object, changedAt };
  }
  return { ...kept, snapshot: seenOthers(snapshot, object, looking.reader) };
}

/** Our own apply of something else took effect, and its answer was lost: what is remembered is older than the object. */
function isUnheard(before: Known, { live, object }: Sighting, { fieldManager }: Reader): boolean {
  if (live.annotations[ANNOTATION_APPLIED] === before.live.annotations[ANNOTATION_APPLIED]) {
    return false;
  }
  const ours = ownFieldsV1(object, fieldManager);
  // whoever changes it by hand takes it from us
  return ours !== undefined && owns(ours, APPLIED_PATH);
}

const APPLIED_PATH: FieldPath = ["metadata", "annotations", ANNOTATION_APPLIED].map(name => ({
  kind: "field",
  name,
}));

/** Another projection of the same version is the API server's doing: nobody has edited anything. */
function sameLook(before: Known, { object }: Sighting, reader: Reader): Known {
  const { snapshot, base } = before;
  if (snapshot === undefined || base === undefined || before.object !== undefined) return before;
  if (!differs(snapshot, object, reader)) return before;
  return { ...before, snapshot: takeSnapshot(object, base, reader) };
}

function differs(snapshot: Snapshot, object: JsonObject, reader: Reader): boolean {
  return changedLeaves(snapshot, object, reader).length > 0;
}

/** What is read of every version. */
function common(seen: Sighting, before: Known | undefined, { kind, reader, now }: Looking) {
  return {
    kind,
    live: seen.live,
    autoscaled: autoscaledFields(seen.object),
    ...told(seen, before, { reader, now }),
  };
}

/** What a version tells of who edited and who suspended it. */
export function told(
  { live, object }: Sighting,
  before: Pick<Known, "suspendHeal" | "stamped"> | undefined,
  { reader, now }: Omit<Looking, "kind">,
): Pick<Known, "suspendHeal" | "stamped" | "isForged"> {
  const { edits, suspension, unsealed } = readEvidence(object, reader.verifySeal);
  return {
    ...suspendHealOf(live, { suspension, before: before?.suspendHeal, now }),
    ...(edits.length === 0 ? {} : { stamped: withPushedOff(before?.stamped ?? [], edits) }),
    ...(unsealed ? { isForged: unsealed } : {}),
  };
}

/** A stamp has room for five edits; hands may be faster than we are. */
const MOST_STAMPED = 20;

/** Edits that an earlier version told of stay known until our own write takes the stamp off. */
function withPushedOff(before: readonly Edit[], edits: readonly Edit[]): readonly Edit[] {
  const ids = new Set(edits.map(({ id }) => id));
  return [...before.filter(({ id }) => !ids.has(id)), ...edits].slice(-MOST_STAMPED);
}

interface Setting {
  readonly suspension: Companions | undefined;
  readonly before: SuspendHeal | undefined;
  readonly now: number;
}

function suspendHealOf({ annotations }: Live, { suspension, before, now }: Setting) {
  const value = annotations[ANNOTATION_SUSPEND_HEAL];
  if (value === undefined) return {};
  if (suspension !== undefined) {
    return { suspendHeal: { value, at: suspension.at, by: suspension.by } };
  }
  return { suspendHeal: { value, at: before?.value === value ? before.at : now } };
}
