/** The drift episodes of one repository: which are open, how they go on, and what is written of them. */
import { countedFields, drop, nextEpisode } from "../core/heal/next-episode";
import { afterHeal, healsInFight, PEACE, type Fight } from "../core/heal/fights";
import { isMachine, isOpen, type Edit, type Episode } from "../model/episode";
import type { Happening } from "../model/happening";
import { formatKey } from "../model/object-key";
import type { World } from "../ports";
import { createOverEdits } from "./over-edits";
import type { Testimonies } from "./testimonies";
import { withNames } from "../core/heal/attribute";
import { digestsOf, findingOf, type Digests, type Found } from "./findings";

const NO_DIGESTS: Digests = new Map();

/** The same fields, changed again so soon by nobody who is known, are one record. */
const REPEATS_WITHIN_MS = 600_000;
/** An edit that was told of so long before something was seen at admission was another one. */
const HEARD_LATE_MS = 2_000;

export type EpisodesWorld = Pick<World, "clock" | "sha256" | "settings" | "log">;

export interface Recording {
  /** Told of every new version of an episode; calls `told` when it is recorded, or will not be. */
  readonly record: (episode: Episode, told?: () => void) => void;
  readonly tell: (happening: Happening) => void;
}

/** Objects are named by formatKey. */
export class Episodes {
  readonly #world: EpisodesWorld;
  readonly #record: Recording["record"];
  readonly #tell: Recording["tell"];
  readonly #testimonies: Pick<Testimonies, "confirm">;
  readonly #last = new Map<string, Episode>();
  readonly #fights = new Map<string, Fight>();
  readonly #digests = new Map<string, Digests>();
  readonly #over = createOverEdits();

  constructor(
    world: EpisodesWorld,
    testimonies: Pick<Testimonies, "confirm">,
    { record, tell }: Recording,
  ) {
    this.#world = world;
    this.#testimonies = testimonies;
    this.#record = record;
    this.#tell = tell;
  }

  /** The open one, or one that closed so lately that the next may repeat it. */
  of(id: string): Episode | undefined {
    return this.#last.get(id);
  }

  /** Those of these edits that are still to be told. */
  withoutOver(id: string, edits: readonly Edit[]): readonly Edit[] {
    return this.#over.without(id, edits);
  }

  open(): readonly Episode[] {
    return [...this.#last.values()].filter(isOpen);
  }

  fightOf(id: string): Fight {
    return this.#fights.get(id) ?? PEACE;
  }

  /** Objects that are healed again and again, with the number of heals in ten minutes. */
  fights(now: number): readonly (readonly [object: string, heals: number])[] {
    return [...this.#fights].flatMap(([id, fight]) => {
      const heals = healsInFight(fight, now);
      return heals === 0 ? [] : [[id, heals] as const];
    });
  }

  /** What was recorded before this process began, oldest first. */
  remember(recorded: readonly Episode[]): void {
    // an open one counts more than one that closed after it had begun
    const byWeight = [...recorded.filter(episode => !isOpen(episode)), ...recorded.filter(isOpen)];
    for (const episode of byWeight) this.#last.set(formatKey(episode.key), episode);
    const ended = recorded.filter(episode => !isOpen(episode));
    for (const episode of ended) this.#over.told(formatKey(episode.key), episode.edits, episode);
  }

  /** What a walk found about one object. */
  settle(whole: Found): void {
    const id = formatKey(whole.desired.key);
    const found = this.#open(id, whole);
    const last = this.#last.get(id);
    if (last === undefined && found.verdict.drift === undefined) return;
    const now = this.#world.clock.now();
    const before = repeated(last, found, now);
    const fight = this.fightOf(id);
    const digestsBefore = this.#digests.get(id) ?? NO_DIGESTS;
    const digests = digestsOf(found, this.#world.sha256);
    const history = { before, last, fight, digestsBefore, digests };
    const finding = findingOf(this.#world, found, history);
    const after = nextEpisode(before, finding);
    if (after === undefined) this.#forget(id, now);
    else {
      this.#keep(id, before, after);
      // what nobody could look at was not told
      if (after !== before) this.#over.told(id, [...editsOf(before), ...finding.edits], after);
    }
    if (after?.decision === "healed") this.#fights.set(id, afterHeal(fight, now));
    this.#remember(id, digests, after);
  }

  /** Evidence is of before the walk; some of it may have been told meanwhile. */
  #open(id: string, found: Found): Found {
    const { evidence } = found;
    const stamped = this.withoutOver(id, evidence.stamped);
    return { ...found, evidence: { ...evidence, stamped } };
  }

  /** Only while it is open: the next episode tells of the same value once more. */
  #remember(id: string, digests: Digests, after: Episode | undefined): void {
    if (after === undefined || !isOpen(after)) this.#digests.delete(id);
    else this.#digests.set(id, digests);
  }

  #forget(id: string, now: number): void {
    const last = this.#last.get(id);
    if (last !== undefined && isOver(last, now)) this.#last.delete(id);
  }

  /** What the hook saw may be heard of after what it was about. */
  testify(id: string, edit: Edit): void {
    const last = this.#last.get(id);
    const told = last?.edits.at(-1);
    if (last === undefined || told === undefined || told.at < edit.at - HEARD_LATE_MS) return;
    const edits = [...last.edits.slice(0, -1), ...withNames([told], [edit])];
    const named = { ...last, edits };
    this.#last.set(id, named);
    this.#record(named);
    this.#testimonies.confirm(edits, named.record);
  }

  /** Ends those of objects that Git no longer declares. */
  drop(isDeclared: (id: string) => boolean, commit: string): void {
    this.#over.retain(isDeclared);
    const now = this.#world.clock.now();
    for (const [id, episode] of this.#last) {
      if (isDeclared(id)) continue;
      if (isOpen(episode)) this.#keep(id, episode, drop(episode, commit, now));
      this.#last.delete(id);
      this.#digests.delete(id);
      this.#fights.delete(id);
    }
  }

  /** Names of those who made its edits may have come since; later edits are told by themselves. */
  #named(id: string, told: Episode): Episode {
    const last = this.#last.get(id);
    if (last?.record !== told.record) return told;
    return { ...told, edits: withNames(told.edits, last.edits) };
  }

  #keep(id: string, before: Episode | undefined, after: Episode): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.#last.set(id, after);
    // not before: a process that begins anew would tell of it once more
    const tellOf = () => this.#tell({ what: "drift", before, episode: this.#named(id, after) });
    this.#record(after, isNews(before, after) ? tellOf : undefined);
    this.#testimonies.confirm(after.edits, after.record);
    tell(this.#world, before, after);
  }
}

function editsOf(episode: Episode | undefined): readonly Edit[] {
  return episode?.edits ?? [];
}

/** Another decision, another edit, or a deadline where there was none. */
function isNews(before: Episode | undefined, after: Episode): boolean {
  if (before?.decision !== after.decision || before.repeats !== after.repeats) return true;
  if (before.until === undefined && after.until !== undefined) return true;
  return before.edits.at(-1)?.id !== after.edits.at(-1)?.id;
}

function isOver(last: Episode, now: number): boolean {
  return !isOpen(last) && now - last.decisionAt > REPEATS_WITHIN_MS;
}

/** People's edits each have their own record; who is not known is taken for a machine. */
function repeated(last: Episode | undefined, found: Found, now: number): Episode | undefined {
  return last && (isOpen(last) || repeats(last, found, now)) ? last : undefined;
}

function repeats(last: Episode, { verdict }: Found, now: number): boolean {
  if (isOver(last, now)) return false;
  const fields = countedFields(verdict).map(({ drift }) => drift.path);
  const isSame = JSON.stringify([...fields].sort()) === JSON.stringify(fieldsOf(last));
  const isDrift = fields.length > 0 || verdict.drift?.whole !== undefined;
  return isDrift && isSame && last.edits.every(({ by }) => isMachine(by));
}

/** Of a closed episode: those that its edits changed. */
function fieldsOf({ edits }: Episode): readonly string[] {
  return [...new Set(edits.flatMap(({ changes }) => changes.map(({ path }) => path)))].sort();
}

function tell({ log }: EpisodesWorld, before: Episode | undefined, after: Episode): void {
  if (before?.decision === after.decision) return;
  const { record, decision, reason, class: drift, fields, edits } = after;
  const object = formatKey(after.key);
  const who = edits.at(-1)?.by ?? "unknown";
  log.info({ record, object, class: drift, fields, who, decision, reason }, "drift");
}
