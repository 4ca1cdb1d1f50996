/** Findings as people think of them: an item that came or went as a whole is one. */
import type { DriftClass, FieldDrift, FieldValue } from "../../model/drift";
import type { Leaf } from "../../model/field-set";

export interface Finding extends Pick<Leaf, "counts"> {
  readonly class: DriftClass;
  readonly path: string;
  /** An item of a keyed list. */
  readonly isItem: boolean;
  readonly before: FieldValue;
  readonly live: FieldValue;
  readonly git: FieldValue;
}

/** The order is kept: parts come after what they are part of. */
export function summarise(findings: readonly Finding[]): readonly FieldDrift[] {
  const told: Finding[] = [];
  for (const finding of findings) {
    const last = told.at(-1);
    // told with the item that it came or went with
    if (last?.isItem === true && last.counts === "presence" && isPart(finding, last)) continue;
    const parts = partsOf(finding, findings);
    if (finding.isItem) told.push({ ...finding, class: classOf(finding, parts) });
    else if (parts.length === 0) told.push(finding);
  }
  return told.map(tell);
}

/** An item that one side removed and the other changed is one conflict, not several fields. */
function classOf(item: Finding, parts: readonly Finding[]): DriftClass {
  return parts.every(part => part.class === item.class) ? item.class : "conflict";
}

/** A field that counts by being there alone is told where nothing of it is. */
function partsOf(whole: Finding, findings: readonly Finding[]): readonly Finding[] {
  return whole.counts === "value" ? [] : findings.filter(other => isPart(other, whole));
}

function isPart(part: Finding, whole: Finding): boolean {
  const next = part.path.charAt(whole.path.length);
  return (next === "." || next === "[") && part.path.startsWith(whole.path);
}

function tell({ class: drift, path, before, live, git }: Finding): FieldDrift {
  switch (drift) {
    case "git_change":
      return { class: drift, path, from: live, to: git };
    case "manual_drift":
      return { class: drift, path, from: before, to: live };
    case "conflict":
      return { class: drift, path, from: before, to: live, git };
  }
}
