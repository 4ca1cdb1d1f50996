/** What tells two snapshots of the same step apart, one line each. */
import { canonical } from "./hands";
import type { Snapshot } from "./script-snapshot";

export interface Difference {
  /** Objects and status. */
  readonly lines: readonly string[];
  /** Records that are expected and not there. */
  readonly missing: readonly string[];
  /** Records that nobody expects. */
  readonly surplus: readonly string[];
}

export function difference(expected: Snapshot, seen: Snapshot): Difference {
  const names = Object.keys({ ...expected.objects, ...seen.objects });
  const objects = names
    .filter(name => expected.objects[name] !== seen.objects[name])
    .map(name => `${name} is ${seen.objects[name]}, not ${expected.objects[name]}`);
  const [want, have] = [expected.status, seen.status].map(canonical);
  const status = want === have ? [] : [`the status is ${have}, not ${want}`];
  const missing = without(expected.records, seen.records);
  const surplus = without(seen.records, expected.records);
  return { lines: [...objects, ...status, ...misplaced(expected, seen)], missing, surplus };
}

/** The lines of a list that another one does not have, or not so often. */
export function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const rest = [...others];
  return lines.filter(line => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Records that both have, in another order. */
function misplaced(expected: Snapshot, seen: Snapshot): readonly string[] {
  const both = [expected.records, seen.records].map(lines =>
    lines.filter(line => expected.records.includes(line) && seen.records.includes(line)),
  );
  const [want = "", have = ""] = both.map(lines => lines.join("\n"));
  return want === have ? [] : [`the records are in another order:\n${have}\nnot\n${want}`];
}
