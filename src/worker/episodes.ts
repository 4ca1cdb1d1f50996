/** The drift episodes of one repository: which are open, how they go on, and what is written of them. */
import { countedFields, nextEpisode } from "../core/heal/next-episode";
import { afterHeal, healsInFight, PEACE, type Fight } from "../core/heal/fights";
import { inferEdits } from "../core/heal/infer";
import { editId, recordName } from "../core/heal/record-name";
import { reasonsOf } from "../core/heal/reasons";
import { shown, shownPath } from "../core/heal/shown";
import { isOpen, type Change, type Edit, type Episode } from "../model/episode";
import type { Desired } from "../model/manifest";
import { formatKey } from "../model/object-key";
import type { StepOutcome } from "../model/outcome";
import type { ShowValues } from "../model/settings";
import type { Verdict } from "../model/verdict";
import type { World } from "../ports";
import type { Evidence, Healers } from "./judge";

/** What a walk found about one object. */
export interface Found {
  readonly desired: Desired;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly outcome: StepOutcome | undefined;
  readonly commit: string;
  readonly fieldManager: string;
  readonly healers: Pick<Healers, "rules" | "graceMs">;
}

export interface Episodes {
  /** The open one, or one that closed so lately that the next would repeat it. */
  of(id: string): Episode | undefined;
  open(): readonly Episode[];
  fightOf(id: string): Fight;
  /** Objects that are healed again and again, with the number of heals in ten minutes. */
  fights(now: number): readonly (readonly [object: string, heals: number])[];
  /** What was recorded before this process began. */
  remember(recorded: readonly Episode[]): void;
  settle(found: Found): void;
  /** Ends those of objects that are no longer Git's. */
  drop(isDeclared: (id: string) => boolean, commit: string): void;
}

/** The same fields, changed again so soon by nobody who is known, are one record. */
const REPEATS_WITHIN_MS = 600_000;

export type EpisodesWorld = Pick<World, "clock" | "sha256" | "settings" | "log">;

/** `record` is told of every new version of an episode. */
export function createEpisodes(world: EpisodesWorld, record: (episode: Episode) => void): Episodes {
  const episodes = new Map<string, Episode>();
  const fights = new Map<string, Fight>();

  function keep(id: string, before: Episode | undefined, after: Episode): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    episodes.set(id, after);
    record(after);
    tell(world, before, after);
  }

  function settle(found: Found): void {
    const id = formatKey(found.desired.key);
    const now = world.clock.now();
    forget(episodes, id, now);
    const last = episodes.get(id);
    const before = last && repeats(last, found) ? last : undefined;
    const after = nextEpisode(before, findingOf(world, found, { before, fight: fights.get(id) }));
    if (after === undefined) return;
    keep(id, before, after);
    if (after.decision === "healed" && found.outcome?.result === "applied") {
      fights.set(id, afterHeal(fights.get(id) ?? PEACE, now));
    }
  }

  return {
    of: id => episodes.get(id),
    open: () => [...episodes.values()].filter(isOpen),
    fightOf: id => fights.get(id) ?? PEACE,
    fights: now =>
      [...fights].flatMap(([id, fight]) => {
        const heals = healsInFight(fight, now);
        return heals === 0 ? [] : [[id, heals] as const];
      }),
    remember: recorded => {
      for (const episode of recorded) episodes.set(formatKey(episode.key), episode);
    },
    settle,
    drop(isDeclared, commit) {
      for (const [id, episode] of episodes) {
        if (!isOpen(episode) || isDeclared(id)) continue;
        const { until, graceUntil, ...rest } = episode;
        const reason = "Git no longer declares the object";
        keep(id, episode, {
          ...rest,
          decision: "committed",
          decisionAt: world.clock.now(),
          reason,
          commit,
        });
      }
    },
  };
}

function forget(episodes: Map<string, Episode>, id: string, now: number): void {
  const last = episodes.get(id);
  if (last === undefined || isOpen(last)) return;
  if (now - last.decisionAt > REPEATS_WITHIN_MS) episodes.delete(id);
}

/** People's edits each have their own record; who is not known is taken for a machine. */
function repeats(last: Episode, { verdict }: Found): boolean {
  if (isOpen(last)) return true;
  const fields = countedFields(verdict).map(({ drift }) => drift.path);
  if (fields.length === 0 && verdict.drift?.whole === undefined) return false;
  const isSame = JSON.stringify([...fields].sort()) === JSON.stringify(fieldsOf(last));
  return isSame && last.edits.every(({ by }) => by === "unknown" || by.startsWith("system:"));
}

/** Of a closed episode: those that its edits changed. */
function fieldsOf({ edits }: Episode): readonly string[] {
  return [...new Set(edits.flatMap(({ changes }) => changes.map(({ path }) => path)))].sort();
}

interface History {
  readonly before: Episode | undefined;
  readonly fight: Fight | undefined;
}

function findingOf(world: EpisodesWorld, found: Found, { before, fight }: History) {
  const { desired, evidence, outcome, commit, healers } = found;
  const now = world.clock.now();
  const { uid, detectedAt, differs, suspension } = evidence;
  return {
    key: desired.key,
    apiVersion: desired.kind.apiVersion,
    uid,
    verdict: withShownPaths(found, world.settings().showValues),
    outcome,
    differs,
    edits: newEdits(world, found, before),
    detectedAt,
    commit,
    now,
    reasons: reasonsOf({ ...healers, fight: fight ?? PEACE, suspension }),
    nameOf: (object: string, since: number) => recordName(object, since, world.sha256),
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
  world: EpisodesWorld,
  found: Found,
  before: Episode | undefined,
): readonly Edit[] {
  const { desired, verdict, evidence, fieldManager } = found;
  const { showValues } = world.settings();
  const isDeleted = verdict.drift?.whole === "deleted";
  if (isDeleted && before !== undefined && isOpen(before)) return [];
  const known = before !== undefined && isOpen(before) ? before.edits : [];
  const changes = countedFields(verdict)
    .map(({ drift }) => shown(drift, desired.kind.kind, showValues))
    .filter(change => !isTold(change, known));
  if (changes.length === 0 && !isDeleted) return [];
  return inferEdits({
    live: isDeleted ? undefined : (evidence.object ?? {}),
    changes,
    fieldManager,
    detectedAt: known.length === 0 ? evidence.detectedAt : world.clock.now(),
    makeId: (at, what) => editId(evidence.uid, at, what, world.sha256),
  });
}

function isTold({ path, to }: Change, edits: readonly Edit[]): boolean {
  const last = edits.flatMap(({ changes }) => changes.filter(other => other.path === path)).at(-1);
  return last !== undefined && last.to === to;
}

function tell({ log }: EpisodesWorld, before: Episode | undefined, after: Episode): void {
  if (before?.decision === after.decision) return;
  const { record, decision, reason, class: drift, fields } = after;
  const object = formatKey(after.key);
  log.info({ record, object, class: drift, fields, decision, reason }, "drift");
}
