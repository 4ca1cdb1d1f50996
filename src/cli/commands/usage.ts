/** Examples below a command's help: what to type, and what it does. */
import type { Command } from "commander";

/** What is typed first, then what it does. */
export function usage(program: Command, lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([typed]) => typed.length));
  const shown = lines.map(
    ([typed, what]) => `  ${program.name()} ${typed.padEnd(width)}   ${what}`,
  );
  return `\nExamples:\n${shown.join("\n")}`;
}
