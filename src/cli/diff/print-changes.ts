/** Changes as text: one line an object, one line a field. */
import type { Colors } from "picocolors/types";
import type { FieldChange, ObjectChange } from "./change";

const SIGNS = { create: "+", update: "~", delete: "-", orphan: "-", refused: "!" } as const;

/** Without a line break at the end. */
export function printChanges(changes: readonly ObjectChange[], colors: Colors): string {
  return changes.map(change => printChange(change, colors)).join("\n");
}

function printChange({ object, action, fields, source, notes }: ObjectChange, c: Colors): string {
  const paint = { create: c.green, update: c.yellow, delete: c.red, orphan: c.red, refused: c.red };
  const where = source === undefined ? "" : c.dim(`  ${source}`);
  return [
    `${paint[action](`${SIGNS[action]} ${object}`)}${where}`,
    ...fields.map(field => printField(field, c)),
    ...notes.map(note => `    ${c.cyan(note)}`),
  ].join("\n");
}

function printField({ path, from, to, owners }: FieldChange, c: Colors): string {
  const values = `${c.red(from ?? "(none)")} → ${c.green(to ?? "(none)")}`;
  const whose = owners.length === 0 ? "" : c.cyan(`  changed by hand (${owners.join(", ")})`);
  return `    ${path}: ${values}${whose}`;
}
