/** Columns of text, as wide as their widest cell. */
import { stripVTControlCharacters } from "node:util";

const GAP = "   ";

/** The rows below their headings; what is empty shows as "-". */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return align([headings, ...rows.map(row => row.map(cell => (cell === "" ? "-" : cell)))]);
}

/** Names and what they are, one a line; what is empty is left out. */
export function facts(entries: readonly (readonly [string, string])[]): string {
  const filled = entries.filter(([, value]) => value !== "");
  return align(filled.map(([name, value]) => [`${name}:`, value]));
}

/** Every cell but the last of a row is filled up with spaces. Colours have no width. */
function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  }
  return rows
    .map(row => {
      const cells = row.map((cell, at) =>
        at === row.length - 1
          ? cell
          : `${cell}${" ".repeat((widths[at] ?? 0) - widthOf(cell))}${GAP}`,
      );
      return cells.join("").trimEnd();
    })
    .join("\n");
}

/** Each line begins with two spaces more. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
