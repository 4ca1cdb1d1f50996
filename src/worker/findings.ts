/** What a walk found about one object, in the words of its episode: with edits told, and nothing shown that must not be. */
import type { Fight } from "../core/heal/fights";
import { valueAt } from "../core/drift/project";
import { attribute, withNames } from "../core/heal/attribute";
import { inferEdits } from "../core/heal/infer";
import type { Finding } from "../core/heal/finding";
import { countedFields, MOST_EDITS } from "../core/heal/next-episode";
import { reasonsOf } from "../core/heal/reasons";
import { editId, recordName } from "../core/heal/record-name";
import { shown, shownPath } from "../core/heal/shown";
import { isOpen, type Change, type Edit, type Episode } from "../model/episode";
import { toCanonicalJson } from "../model/json";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { StepOutcome } from "../model/outcome";
import { parseApplied, type Sha256 } from "../model/ownership";
import type { ShowValues } from "../model/settings";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import type { Evidence } from "./judge";
import type { Healers } from "./judging";

/** What a walk found about one object. */
export interface Found {
  readonly desired: Desired;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly outcome: StepOutcome | undefined;
  /** It is about to be written. */
  readonly isHealing?: boolean;
  readonly commit: string;
  readonly fieldManager: string;
  readonly healers: Pick<Healers, "rules" | "graceMs">;
}

export type FindingsWorld = Pick<World, "clock" | "sha256" | "settings">;

export interface History {
  readonly before: Episode | undefined;
  /** The newest one, also where `before` is none. */
  readonly last: Episode | undefined;
  readonly fight: Fight;
  /** digestsOf when the last edit was told, and now. */
  readonly digestsBefore: Digests;
  readonly digests: Digests;
}

/** Of live values by the path of their field: they tell values apart that may not be shown. */
export type Digests = ReadonlyMap<string, string>;

export function digestsOf({ verdict, evidence }: Found, sha256: Sha256): Digests {
  const { object } = evidence;
  if (object === undefined) return new Map();
  return new Map(
    countedFields(verdict).map(({ drift, path }) => {
      const value = valueAt(object, path);
      return [drift.path, value === undefined ? "" : sha256(toCanonicalJson(value))] as const;
    }),
  );
}

/** Edits that the episode has told of are not told again. */
export function findingOf(
  world: FindingsWorld,
  found: Found,
  { fight, last, ...history }: History,
): Finding {
  const { desired, evidence, outcome, commit, healers } = found;
  const now = world.clock.now();
  const { uid, detectedAt, differs, suspension, live } = evidence;
  return {
    key: desired.key,
    apiVersion: desired.kind.apiVersion,
    uid,
    verdict: withShownPaths(found, world.settings().showValues),
    outcome,
    isHealing: found.isHealing === true,
    differs,
    appliedCommit: live && parseApplied(live.annotations)?.commit,
    edits: newEdits(world, found, history),
    detectedAt,
    commit,
    now,
    reasons: reasonsOf({ ...healers, fight, suspension }),
    nameOf: (object: string, since: number) => {
      // of what was gone before anybody looked, there is no uid
      const what = object === "" ? formatKey(desired.key) : object;
      const name = recordName(what, since, world.sha256);
      // one that has ended is not overwritten
      return name === last?.record ? recordName(what, since + 1, world.sha256) : name;
    },
  };
}

/** A path may hold a value: a member of a set, or the key of an item. */
function withShownPaths({ verdict, desired }: Found, mode: ShowValues): Verdict {
  const { drift } = verdict;
  if (drift === undefined) return verdict;
  const fields = drift.fields.map(field => {
    const path = shownPath(field.drift.path, desired.kind.kind, mode);
    return { ...field, drift: { ...field.drift, path } };
  });
  return { ...verdict, drift: { ...drift, fields } };
}

/** Edits of fields that the episode has not told of yet, or that have another value by now. */
function newEdits(
  world: FindingsWorld,
  found: Found,
  { before, digestsBefore, digests }: Omit<History, "fight" | "last">,
): readonly Edit[] {
  const { evidence, fieldManager } = found;
  const known = toldEdits(before);
  const isNew = (change: Change) => {
    const digest = digestsBefore.get(change.path);
    return digest === undefined ? !isKnown(change, known) : digest !== digests.get(change.path);
  };
  const inferring = {
    fieldManager,
    detectedAt: known.length === 0 ? evidence.detectedAt : world.clock.now(),
    makeId: (at: number, what: string) => editId(evidence.uid, at, what, world.sha256),
  };
  const { testified } = evidence;
  if (found.verdict.drift?.whole === "deleted") {
    if (known.some(({ verb }) => verb === "DELETE")) return [];
    return withNames(inferEdits({ ...inferring, live: undefined, changes: [] }), testified);
  }
  const mode = world.settings().showValues;
  const differing = changesOf(found, mode);
  const since = known.length < MOST_EDITS ? -Infinity : Math.min(...known.map(({ at }) => at));
  // newer ones have pushed the others out; what may be shown may have become less since it was stamped
  const stamped = evidence.stamped
    .filter(({ at }) => at >= since)
    .map(edit => shownEdit(edit, found, mode));
  return attribute({
    stamped,
    testified,
    told: new Set(known.map(({ id }) => id)),
    differing,
    changes: differing.filter(isNew),
    infer: changes => inferEdits({ ...inferring, live: evidence.object ?? {}, changes }),
  });
}

function shownEdit(edit: Edit, { desired }: Found, mode: ShowValues): Edit {
  return { ...edit, changes: edit.changes.map(change => shown(change, desired.kind.kind, mode)) };
}

/** Those of a closed episode were another time. */
function toldEdits(episode: Episode | undefined): readonly Edit[] {
  return episode !== undefined && isOpen(episode) ? episode.edits : [];
}

function changesOf({ desired, verdict }: Found, mode: ShowValues): readonly Change[] {
  return countedFields(verdict).map(({ drift }) => shown(drift, desired.kind.kind, mode));
}

function isKnown({ path, to }: Change, edits: readonly Edit[]): boolean {
  const last = edits.flatMap(({ changes }) => changes.filter(other => other.path === path)).at(-1);
  return last !== undefined && last.to === to;
}
