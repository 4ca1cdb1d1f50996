/** Which names of nopea's domain an object has after a write: an ordered list of named rules, the first that fits decides. */
import {
  ANNOTATION_APPLIED,
  ANNOTATION_MANUAL_EDIT,
  ANNOTATION_SEAL,
  ANNOTATION_SUSPEND_HEAL,
  COMPANIONS,
} from "../../model/annotations";
import { labelledOwner } from "../../model/ownership";
import { parseTime } from "../../model/time";
import { companionsOf, readCompanions, writeCompanions } from "./companions";
import { isHooks, isNopeas, isSameTexts, pick } from "./own-names";
import type { OwnNames, Texts } from "./own-names";
import type { Standing } from "./standing";
import type { Writer } from "./who";

export interface Write {
  readonly writer: Writer;
  /** User name. */
  readonly by: string;
  readonly dryRun: boolean;
  readonly now: number;
  readonly rfc3339: (milliseconds: number) => string;
  /** nopea's names on the object as it is stored; none where it is created. */
  readonly stored: OwnNames;
  /** As the request wants them. */
  readonly asked: OwnNames;
  readonly standing: Standing;
}

/** What whoever writes is told of it. */
export type Notice =
  /** Names that came along were put back. */
  | { readonly about: "copy" }
  /** nopea's marks on what nopea does not manage were left out. */
  | { readonly about: "foreign" }
  | { readonly about: "labels" }
  /** The write suspends the object. */
  | { readonly about: "suspended"; readonly until?: number }
  /** It means to, and does not. */
  | { readonly about: "not suspended"; readonly value: string; readonly isPast: boolean };

export interface Settled {
  /** Labels, and annotations but for those that the hook writes. */
  readonly names: OwnNames;
  /** What the hook writes, not sealed yet. */
  readonly hooks: Texts;
  readonly notices: readonly Notice[];
  /** True where what Git declares is compared: the object was managed, and nopea is not the writer. */
  readonly isWatched: boolean;
}

type Rule = readonly [name: string, settle: (write: Write) => Settled | undefined];

const RULES: readonly Rule[] = [
  ["nopea's own write", byNopea],
  ["not managed before", unmanaged],
  ["a copy, not a command", copy],
];

/** Whoever writes. */
export function settle(write: Write): Settled {
  for (const [, rule] of RULES) {
    const settled = rule(write);
    if (settled !== undefined) return settled;
  }
  return command(write);
}

/** The edit is over with it; who suspended the object is not. */
function byNopea({ writer, stored, asked, standing }: Write): Settled | undefined {
  if (writer !== "nopea") return undefined;
  const value = asked.annotations[ANNOTATION_SUSPEND_HEAL];
  const goesOn = value !== undefined && value === stored.annotations[ANNOTATION_SUSPEND_HEAL];
  const hooks = goesOn ? companionsIn(standing.hooks) : {};
  return { names: withoutHooks(asked), hooks, notices: [], isWatched: false };
}

/** It may be a copy of one that is: then nothing on it is meant. */
function unmanaged({ stored, asked }: Write): Settled | undefined {
  if (labelledOwner(stored.labels) !== undefined) return undefined;
  const marks = pick(asked.annotations, isNopeas);
  const isCopy = Object.keys(marks).length > 0;
  const isNews = !isWithin(asked.labels, stored.labels) || !isWithin(marks, stored.annotations);
  return {
    names: { labels: {}, annotations: isCopy ? {} : asked.annotations },
    hooks: {},
    notices: isNews ? [{ about: "foreign" }] : [],
    isWatched: false,
  };
}

function copy({ stored, asked, standing }: Write): Settled | undefined {
  const [before, now] = [stored.annotations, asked.annotations];
  const isCopy =
    before[ANNOTATION_APPLIED] !== now[ANNOTATION_APPLIED] ||
    !isSameTexts(pick(before, isHooks), pick(now, isHooks));
  if (!isCopy) return undefined;
  const hooks = pick(standing.hooks, name => name !== ANNOTATION_SEAL);
  return { names: withoutHooks(stored), hooks, notices: [{ about: "copy" }], isWatched: true };
}

/** Labels are nopea's, all other annotations people's. */
function command(write: Write): Settled {
  const { stored, asked, standing } = write;
  const suspension = suspensionOf(write);
  const notices: Notice[] = isSameTexts(stored.labels, asked.labels) ? [] : [{ about: "labels" }];
  return {
    names: { labels: stored.labels, annotations: withoutHooks(asked).annotations },
    hooks: {
      ...pick(standing.hooks, name => name === ANNOTATION_MANUAL_EDIT),
      ...suspension.hooks,
    },
    notices: [...notices, ...suspension.notices],
    isWatched: true,
  };
}

function suspensionOf(write: Write): Pick<Settled, "hooks" | "notices"> {
  const { stored, asked, standing, by, now, rfc3339 } = write;
  const value = asked.annotations[ANNOTATION_SUSPEND_HEAL];
  if (value === undefined) return { hooks: {}, notices: [] };
  if (value === stored.annotations[ANNOTATION_SUSPEND_HEAL]) {
    // the value may have changed while the hook was away
    const isOf = readCompanions(asked.annotations) !== undefined;
    return { hooks: isOf ? companionsIn(standing.hooks) : {}, notices: [] };
  }
  const companions = companionsOf(asked.annotations, by, now);
  if (companions === undefined) {
    const isPast = parseTime(value) !== undefined;
    return { hooks: {}, notices: [{ about: "not suspended", value, isPast }] };
  }
  const { until } = companions;
  return {
    hooks: write.dryRun ? {} : writeCompanions(companions, rfc3339),
    notices: [{ about: "suspended", ...(until === undefined ? {} : { until }) }],
  };
}

function companionsIn(hooks: Texts): Texts {
  return pick(hooks, name => COMPANIONS.includes(name));
}

function withoutHooks({ labels, annotations }: OwnNames): OwnNames {
  return { labels, annotations: pick(annotations, name => !isHooks(name)) };
}

function isWithin(part: Texts, whole: Texts): boolean {
  return isSameTexts(
    part,
    pick(whole, name => Object.hasOwn(part, name)),
  );
}
