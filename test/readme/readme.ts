/** README.md taken apart: blocks with the marker above them, tables, code in sentences. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../src/local/paths";

export interface Block {
  /** What stands in the comment above it; "" without one. */
  readonly marker: string;
  readonly language: string;
  readonly text: string;
}

export const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

export const blocks: readonly Block[] = [
  ...readme.matchAll(/^(?:<!-- (.*) -->\n\n)?```(\w+)\n([^]*?)^```$/gm),
].map(([, marker = "", language = "", text = ""]) => ({ marker, language, text }));

/** The script under this comment; throws unless there is exactly one. */
export function scriptOf(marker: string): string {
  const found = blocks.filter(block => block.language === "sh" && block.marker === marker);
  if (found.length !== 1) throw new Error(`README.md has ${found.length} blocks "${marker}"`);
  return found[0]?.text ?? "";
}

/** Everything but blocks. */
export const prose = readme.replace(/^```\w+\n[^]*?^```$/gm, "");

/** What stands between backticks outside blocks, without what escapes a table's bars. */
export const spans: readonly string[] = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) =>
  code.replaceAll("\\|", "|"),
);

/** The rows of the table whose first heading this is, as trimmed cells. */
export function table(heading: string): readonly (readonly string[])[] {
  const lines = readme.split("\n");
  const start = lines.findIndex(line => cellsOf(line)[0] === heading);
  if (start === -1) throw new Error(`README.md has no table that begins with ${heading}`);
  const length = lines.slice(start).findIndex(line => !line.startsWith("|"));
  return lines.slice(start + 2, start + length).map(cellsOf);
}

function cellsOf(line: string): string[] {
  if (!line.startsWith("|")) return [];
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  return cells.map(cell => cell.trim());
}

/** Codes in a cell or sentence. */
export function codesIn(text = ""): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** What is typed in a block: all lines of a script, those after `$` of what is shown. */
export function typedIn({ language, text }: Block): readonly string[] {
  const lines = text.split("\n");
  if (language === "sh") return lines.filter(line => line.trim() !== "" && !line.startsWith("#"));
  return lines.filter(line => line.startsWith("$ ")).map(line => line.slice(2));
}
