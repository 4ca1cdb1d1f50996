/** All that a round of decisions depends on. */
import type { Known } from "../core/drift/known";
import type { Reader } from "../core/drift/snapshot";
import type { Fight } from "../core/heal/fights";
import type { HealRules } from "../core/heal/judge-fields";
import type { Failures } from "../core/sync/failures";
import type { Edit, Episode } from "../model/episode";
import type { FieldPath } from "../model/field-path";
import type { Desired } from "../model/manifest";
import type { Observation } from "../model/observation";
import type { StepOutcome } from "../model/outcome";
import type { OwnerMarks } from "../model/ownership";
import type { Fault } from "../model/verdict";
import type { Knowledge } from "./knowledge";
import type { Testimonies } from "./testimonies";

/** What is asked for about edits by hand, and what is remembered of them. */
export interface Healers {
  readonly rules: HealRules;
  /** spec.healGracePeriod, in milliseconds. */
  readonly graceMs: number | undefined;
  readonly episodeOf: (id: string) => Episode | undefined;
  /** Those of these edits of an object that are still to be told. */
  readonly withoutOver: (id: string, edits: readonly Edit[]) => readonly Edit[];
  readonly fightOf: (id: string) => Fight;
  readonly testimonies: Pick<Testimonies, "of">;
  /** Edits from before count from then: nobody was watching. Milliseconds since the epoch. */
  readonly watchingSince: number;
}

/** What is known before anything is looked at. */
export interface Standpoint extends Healers {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly knowledge: Knowledge;
  readonly failures: Failures;
  /** By kindId: kinds that cannot be looked at. */
  readonly unavailable: ReadonlyMap<string, Fault>;
}

export interface Judging extends Standpoint {
  readonly open: readonly Desired[];
  /** By formatKey: what the repository's account may not write, and why. Nothing is told of it. */
  readonly forbidden: ReadonlyMap<string, Fault>;
  readonly seen: Observation;
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  /** What Git dropped and an apply has left there, by formatKey. */
  readonly leftovers: ReadonlyMap<string, readonly FieldPath[]>;
  /** Objects that an apply was just refused for: other means are tried at once. */
  readonly refused: ReadonlySet<string>;
  /** By formatKey: why an apply was just refused of what Git allows to be made anew. */
  readonly immutable: ReadonlyMap<string, Fault>;
  /** Objects that are tried once more, whenever they failed. */
  readonly retried: ReadonlySet<string>;
}

/** Without stamps of edits that are over: they stay where neither the hook nor nopea could take them off in time. */
export function knownOf({ knowledge, withoutOver }: Judging, id: string): Known | undefined {
  const known = knowledge.get(id);
  if (known?.stamped === undefined) return known;
  return { ...known, stamped: withoutOver(id, known.stamped) };
}
