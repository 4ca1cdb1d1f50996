/** What a new snapshot keeps of the one before: fields that stay under somebody's hand are compared with what they were before it. */
import { coversPath } from "../../model/field-pattern";
import { formatPath, type FieldPath } from "../../model/field-path";
import { fieldSetOf, leavesOf, union, type Leaf } from "../../model/field-set";
import { fieldsText } from "./others";
import { readFields } from "./own-fields";
import { ABSENT, MARK_LENGTH, PRESENT, type Snapshot } from "./snapshot";

/** `next` is from an apply that sent the held fields at their live value: by itself it would take the edit for ours. */
export function carryOver(
  next: Snapshot,
  previous: Snapshot,
  held: readonly FieldPath[],
): Snapshot {
  if (held.length === 0) return next;
  // while an edit stays nobody can tell what came with it from what was added besides
  const { others } = previous;
  const isHeld = ({ path }: Leaf) => held.some(field => coversPath(field, path));
  const before = leavesOf(readFields(previous.fields)).map(marked(previous)).filter(isHeld);
  if (before.length === 0) return { ...next, others };
  const own = readFields(next.fields);
  const known = new Map([...leavesOf(own).map(marked(next)), ...before].map(byPath));
  const fields = union(own, fieldSetOf(before.map(({ path }) => path)));
  const marks = leavesOf(fields).map(leaf => markFor(leaf, known.get(formatPath(leaf.path))));
  const kept = { ...next.kept, ...keptOf(previous, before) };
  return { ...next, fields: fieldsText(fields), marks: marks.join(""), kept, others };
}

interface Marked extends Leaf {
  readonly mark: string;
}

function marked({ marks }: Snapshot): (leaf: Leaf, at: number) => Marked {
  return (leaf, at) => ({
    ...leaf,
    mark: marks.slice(at * MARK_LENGTH, (at + 1) * MARK_LENGTH),
  });
}

function byPath(leaf: Marked): readonly [string, Marked] {
  return [formatPath(leaf.path), leaf];
}

/** A field of which the other set has parts counts only by being there from now on. */
function markFor({ counts }: Leaf, known: Marked | undefined): string {
  if (known === undefined) return ABSENT;
  if (known.counts === counts || known.mark === ABSENT) return known.mark;
  return PRESENT;
}

function keptOf({ kept }: Snapshot, leaves: readonly Leaf[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    leaves.flatMap(({ path }) => {
      const text = formatPath(path);
      const value = kept[text];
      return value === undefined ? [] : [[text, value]];
    }),
  );
}
