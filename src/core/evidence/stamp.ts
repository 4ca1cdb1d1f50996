/** Edits as the annotation `nopea.io/manual-edit` holds them: the newest few, within a limit of bytes. */
import type { Change, Edit } from "../../model/episode";
import { parseJson } from "../../model/field-path";
import { isList, toJson } from "../../model/json";
import { readEdit } from "../heal/read-record";
import { writeEdit } from "../heal/record";
import { bytesOf, cut } from "./text-length";

type Rfc3339 = (milliseconds: number) => string;

/** Newest edits that a stamp keeps. */
export const MOST_EDITS = 5;
/** Bytes of UTF-8. */
export const LONGEST_STAMP = 8 * 1024;

/** Oldest first. What is too long loses its oldest edits, then values of the last one, then what else it can spare. */
export function formatStamp(edits: readonly Edit[], rfc3339: Rfc3339): string {
  const newest = edits.slice(-MOST_EDITS);
  for (let from = 0; from < newest.length; from += 1) {
    const text = textOf(newest.slice(from), rfc3339);
    if (bytesOf(text) <= LONGEST_STAMP) return text;
  }
  const last = newest.at(-1);
  return last === undefined ? "[]" : formatOne(last, rfc3339);
}

function formatOne(edit: Edit, rfc3339: Rfc3339): string {
  let text = textOf([edit], rfc3339);
  for (const shorter of shorterOnes(edit)) {
    if (bytesOf(text) <= LONGEST_STAMP) return text;
    text = textOf([shorter], rfc3339);
  }
  return text;
}

/** Each says less than the one before; the last one always fits. */
function shorterOnes(edit: Edit): readonly Edit[] {
  const { groups: _, manager, ...rest } = edit;
  const named = { ...rest, ...(manager === undefined ? {} : { manager: cut(manager, 128) }) };
  const counts: number[] = [];
  for (let count = edit.changes.length; count > 0; count = Math.floor(count / 2)) {
    counts.push(count);
  }
  return [
    { ...edit, changes: edit.changes.map(shortened) },
    ...counts.map(count => ({ ...edit, changes: edit.changes.slice(0, count).map(bare) })),
    { ...edit, changes: [] },
    { ...named, by: cut(edit.by, 256), changes: [] },
  ];
}

const SHORT = 40;

function shortened({ path, from, to }: Change): Change {
  return {
    path,
    ...(from === undefined ? {} : { from: cut(from, SHORT) }),
    ...(to === undefined ? {} : { to: cut(to, SHORT) }),
  };
}

function bare({ path }: Change): Change {
  return { path };
}

function textOf(edits: readonly Edit[], rfc3339: Rfc3339): string {
  return toJson(edits.map(edit => writeEdit(edit, rfc3339)));
}

/** The edits of a stamp, of whatever text; none where it is none. Never throws. */
export function readStamp(text: string | undefined): readonly Edit[] {
  if (text === undefined || text.length > LONGEST_STAMP) return [];
  const edits = parseJson(text);
  if (!isList(edits)) return [];
  return edits.flatMap(edit => readEdit(edit) ?? []).slice(-MOST_EDITS);
}
