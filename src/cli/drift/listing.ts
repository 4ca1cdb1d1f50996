/** Drift as a table: an episode in a line, each field that it is about in lines of its own. */
import type { Context } from "../context";
import { clip, oneLine } from "../shown";
import { table } from "../table";
import { ageOf, left } from "../times";
import { isOpen, type ShownChange, type ShownEdit, type ShownRecord } from "./record";

export interface ListingOptions {
  /** Groups, field managers and repositories too. */
  readonly wide: boolean;
}

type Looks = Pick<Context, "colors" | "now" | "allNamespaces">;

const HEADINGS = ["AGE", "OBJECT", "WHO", "VERB", "FIELDS", "CLASS", "DECISION", "REASON"];

/** A line for each episode, more where several fields were changed; newest first, as given. */
export function listing(
  records: readonly ShownRecord[],
  looks: Looks,
  { wide }: ListingOptions,
): string {
  const place = looks.allNamespaces ? ["NAMESPACE"] : [];
  const more = wide ? ["GROUPS", "MANAGER", "REPOSITORY"] : [];
  const rows = records.flatMap(record => rowsOf(record, looks, wide));
  return table([...place, ...HEADINGS, ...more, "RECORD"], rows);
}

/** Where a line goes on, a cell is blank, not "-". */
const CONTINUED = " ";

function rowsOf(record: ShownRecord, looks: Looks, wide: boolean): readonly (readonly string[])[] {
  const [first = "", ...others] = changesOf(record);
  const place = looks.allNamespaces ? [record.namespace] : [];
  const end = [...(wide ? wideCells(record) : []), record.record];
  const row = [
    ...place,
    ...cellsBefore(record, looks),
    first,
    ...cellsAfter(record, looks),
    ...end,
  ];
  const at = place.length + 4;
  return [row, ...others.map(change => row.map((_, cell) => (cell === at ? change : CONTINUED)))];
}

function cellsBefore(record: ShownRecord, { colors, now }: Looks): readonly string[] {
  const last = newestEdit(record);
  return [
    ageOf(record.since, now()),
    oneLine(record.object),
    colors.bold(whoShown(record)),
    last?.verb.toLowerCase() ?? "",
  ];
}

function cellsAfter(record: ShownRecord, { colors, now }: Looks): readonly string[] {
  const decision = decisionOf(record, now());
  return [
    record.class,
    isOpen(record) ? colors.yellow(decision) : decision,
    clip(record.reason, LONGEST_REASON),
  ];
}

function wideCells(record: ShownRecord): readonly string[] {
  const last = newestEdit(record);
  return [last?.groups.join(",") ?? "", last?.manager ?? "", record.repository].map(oneLine);
}

const LONGEST_REASON = 60;

function newestEdit({ edits }: ShownRecord): ShownEdit | undefined {
  return edits.at(-1);
}

/** Everybody who took part, the newest first. */
function whoShown({ edits }: ShownRecord): string {
  const people = [...new Set(edits.map(({ by }) => by).reverse())];
  return people.length === 0 ? "unknown" : oneLine(people.join(", "));
}

/** "waiting, 4m58s left" for what is to come. */
function decisionOf(record: ShownRecord, now: number): string {
  const { decision, state, until } = record;
  if (state === "pending") return "pending";
  const still = isOpen(record) ? left(until, now) : undefined;
  return still === undefined ? oneLine(decision) : `${oneLine(decision)}, ${still} left`;
}

/** From the value before the first edit to the one after the last, field by field. */
function changesOf({ edits }: ShownRecord): readonly string[] {
  const fields = new Map<string, ShownChange>();
  for (const change of edits.flatMap(({ changes }) => changes)) {
    const before = fields.get(change.path);
    const { path, to } = change;
    const from = before === undefined ? change.from : before.from;
    fields.set(path, {
      path,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  }
  return [...fields.values()].map(changeShown);
}

const LONGEST_VALUE = 40;

/** `data.value: 1 → 2` */
function changeShown({ path, from, to }: ShownChange): string {
  return `${clip(path, 100)}: ${valueShown(from)} → ${valueShown(to)}`;
}

function valueShown(value: string | undefined): string {
  if (value === undefined) return "(none)";
  return value === "" ? '""' : clip(value, LONGEST_VALUE);
}
