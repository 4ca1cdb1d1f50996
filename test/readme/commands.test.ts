/** What README.md types as `nopea …` is understood by the command itself, and every command is in it. */
import { CommanderError, type Command } from "commander";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-list";
import { treeOf } from "../../src/cli/completion/tree";
import { createProgram } from "../../src/cli/program";
import type { LiveFrame } from "../../src/cli/run";
import { blocks, codesIn, spans, table, typedIn } from "./readme";

/** Why a command line is refused; undefined: it is understood. */
async function refusal(args: readonly string[]): Promise<string | undefined> {
  const program = build();
  for (const each of [program, ...program.commands]) {
    each.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.message;
  }
}

function build(): Command {
  const nothing = () => Promise.resolve();
  const frame: LiveFrame = { run: nothing, runOffline: nothing, runLive: nothing };
  return createProgram("nopea", frame, COMMANDS);
}

/** What nopea is given by a line of a shell; undefined: the line is about something else. */
function argumentsOf(line: string): string[] | undefined {
  const [, typed] = /^(?:kubectl )?nopea (.*)$/.exec(line) ?? [];
  const own = typed?.split(/ (?:#|\|\|?|;|&&)(?: |$)/)[0];
  const words = own?.match(/"[^"]*"|'[^']*'|\S+/g) ?? undefined;
  return words?.map(word => word.replace(/^(["'])(.*)\1$/, "$2"));
}

const tree = treeOf(build());
const flagsOf = (name: string) =>
  [...tree.globals, ...(tree.commands.find(each => each.name === name)?.options ?? [])].flatMap(
    ({ flags }) => flags,
  );
const names = tree.commands.map(({ name }) => name).filter(name => name !== "help");

describe("nopea in README.md", () => {
  const lines = blocks.flatMap(typedIn).filter(line => argumentsOf(line) !== undefined);

  it("there are such lines", () => {
    expect(lines.length).toBeGreaterThan(5);
  });

  it.each(lines)("%s: is understood", async line => {
    expect(await refusal(argumentsOf(line) ?? [])).toBeUndefined();
  });

  it("a line that is wrong: is refused", async () => {
    expect(await refusal(argumentsOf("nopea drift --opened # 3") ?? [])).toContain("--opened");
    expect(await refusal(argumentsOf("nopea heal my-app") ?? [])).toContain("heal");
  });

  it("in sentences: the commands and flags exist", () => {
    for (const code of spans) {
      const [name, ...rest] = argumentsOf(code) ?? [];
      if (name === undefined) continue;
      expect(names).toContain(name);
      const flags = rest.filter(word => word.startsWith("-"));
      expect(flagsOf(name)).toEqual(expect.arrayContaining(flags));
    }
  });

  it("the table: every command, and flags that it has", () => {
    const rows = table("command").map(([typed, what]) => ({
      names: codesIn(typed).map(code => code.split(" ")[0] ?? ""),
      flags: codesIn(what).flatMap(code => /^--[\w-]+/.exec(code) ?? []),
    }));
    expect(rows.flatMap(row => row.names).sort()).toEqual([...names].sort());
    for (const row of rows) {
      const known = row.names.flatMap(flagsOf);
      expect({ of: row.names, known }).toMatchObject({
        known: expect.arrayContaining([...row.flags]) as unknown,
      });
    }
  });
});
