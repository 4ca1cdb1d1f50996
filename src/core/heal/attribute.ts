/** Who made the edits of an episode: what the admission hook sealed, and for the rest what can be inferred. */
import { HIDDEN } from "../../model/drift";
import type { Change, Edit } from "../../model/episode";
import { coversPath } from "../../model/field-pattern";
import { parsePath } from "../../model/field-path";
import { isCut } from "../evidence/text-length";

export interface Attributing {
  /** Sealed on the object, oldest first. */
  readonly stamped: readonly Edit[];
  /** Seen at admission, of writes that no object can carry the evidence of. */
  readonly testified: readonly Edit[];
  /** Ids of edits that the episode tells of. */
  readonly told: ReadonlySet<string>;
  /** Everything that differs now, as it may be shown. */
  readonly differing: readonly Change[];
  /** What of it is not told yet. */
  readonly changes: readonly Change[];
  /** What nobody witnessed. */
  readonly infer: (changes: readonly Change[]) => readonly Edit[];
}

/** Edits that the episode does not tell of yet, oldest first. */
export function attribute(attributing: Attributing): readonly Edit[] {
  const { stamped, testified, told, differing, changes, infer } = attributing;
  const open = stamped.filter(edit => !told.has(edit.id) && isAbout(edit, differing));
  const newestFirst = [...stamped].reverse();
  const rest = changes.filter(change => !explains(newestOf(newestFirst, change), change));
  const inferred = rest.length === 0 ? [] : infer(rest);
  return [...open, ...withNames(inferred, testified)].sort((a, b) => a.at - b.at);
}

/** Of an edit that was too long to be told, nobody knows what it was about. */
function isAbout({ changes }: Edit, differing: readonly Change[]): boolean {
  if (changes.length === 0) return true;
  return changes.some(({ path }) => differing.some(other => areKin(path, other.path)));
}

function newestOf(newestFirst: readonly Edit[], { path }: Change): Edit | undefined {
  return newestFirst.find(({ changes }) => changes.some(other => areKin(other.path, path)));
}

/** The newest edit of a field made what is there now, unless somebody else came after it. */
function explains(edit: Edit | undefined, change: Change): boolean {
  return (edit?.changes ?? []).some(({ path, from, to }) => {
    if (path !== change.path) return areKin(path, change.path);
    // where the stamp was too long for values, there is neither
    if (to === undefined) return from === undefined || change.to === undefined;
    return to === change.to || isCut(to) || to.includes(HIDDEN);
  });
}

/** One is the other, or a part of it. */
function areKin(a: string, b: string): boolean {
  const [one, other] = [parsePath(a), parsePath(b)];
  if (one === undefined || other === undefined) return a === b;
  return coversPath(one, other) || coversPath(other, one);
}

/** Inferred edits with the names of those who were seen to make them. */
export function withNames(edits: readonly Edit[], testified: readonly Edit[]): readonly Edit[] {
  return edits.map(edit => {
    const seen = testified.find(other => isOf(other, edit));
    return seen === undefined ? edit : { ...edit, ...seen, changes: named(edit, seen) };
  });
}

/** Which field a scale subresource stands for, only the object's managedFields know. */
function named({ changes }: Edit, seen: Edit): readonly Change[] {
  const [change] = seen.changes;
  const { from, to } = change ?? {};
  return changes.map(({ path }) => ({
    path,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }));
}

/** True where this may be what was seen. */
function isOf(seen: Edit, edit: Edit): boolean {
  if (edit.source !== "inferred") return false;
  if (seen.verb === "DELETE") return edit.verb === "DELETE";
  if (edit.verb === "DELETE") return false;
  const [scaled] = seen.changes;
  return edit.changes.every(({ path, to }) => {
    // a Scale of none leaves no trace in managedFields: then only the field tells
    const isSame = edit.verb === "SCALE" || path === scaled?.path;
    return isSame && to === scaled?.to;
  });
}
