import { spawnSync } from "node:child_process";
import { CommanderError, type Command } from "commander";
import { describe, expect, it } from "vitest";
import { addCompletion } from "../../src/cli/commands/completion";
import { addDrift } from "../../src/cli/commands/drift";
import { addEvents } from "../../src/cli/commands/events";
import { addResume } from "../../src/cli/commands/resume";
import { addStatus } from "../../src/cli/commands/status";
import { addSuspend } from "../../src/cli/commands/suspend";
import { addSync } from "../../src/cli/commands/sync";
import { bashScript } from "../../src/cli/completion/bash";
import { fishScript } from "../../src/cli/completion/fish";
import { treeOf } from "../../src/cli/completion/tree";
import { zshScript } from "../../src/cli/completion/zsh";
import { globalsOf } from "../../src/cli/globals";
import { calledAs, createProgram } from "../../src/cli/program";
import type { LiveFrame } from "../../src/cli/run";

const adding = [
  ...[addStatus, addDrift, addEvents, addSync],
  ...[addSuspend, addResume, addCompletion],
];

/** The program, and what it was told to run. */
function build(name = "nopea") {
  const ran: Command[] = [];
  const note = (command: Command) => {
    ran.push(command);
    return Promise.resolve();
  };
  const frame: LiveFrame = { run: note, runOffline: note, runLive: note };
  const program = createProgram(name, frame, adding);
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  for (const each of [program, ...program.commands]) {
    each.configureOutput({ writeOut: print, writeErr: print });
  }
  const type = async (line: string) => {
    await program.parseAsync(line.split(" "), { from: "user" }).catch((error: unknown) => {
      if (!(error instanceof CommanderError)) throw error;
    });
    return { command: ran.at(-1), printed };
  };
  return { program, type };
}

describe("the command line", () => {
  it.each([
    ["-n  status", "It is empty"],
    ["sync my-app --timeout 25d", "at most 24d"],
    ["suspend deploy/api --for 600h", "at most 576h"],
    ["suspend deploy/api --for 99999999999999999999h", "at most 576h"],
  ])("%s: refused, with what would be right", async (line, message) => {
    const { command, printed } = await build().type(line);
    expect(command).toBeUndefined();
    expect(printed).toContain(message);
  });

  it("global options: understood before and after the command", async () => {
    for (const line of ["-n shop -o json --no-color status", "status -n shop --no-color -o json"]) {
      const { command } = await build().type(line);
      expect(command && globalsOf(command)).toMatchObject({
        ...{ namespace: "shop", output: "json", color: false, allNamespaces: false },
      });
    }
  });

  it("every command: its help has examples and the global options", async () => {
    for (const { name } of treeOf(build().program).commands) {
      if (name === "help") continue;
      const { printed } = await build().type(`${name} --help`);
      expect(printed).toContain(`Examples:\n  nopea ${name} `);
      expect(printed).toContain("--all-namespaces");
    }
  });

  it("called by kubectl: so does its help", async () => {
    expect(calledAs("/usr/local/bin/kubectl-nopea")).toBe("kubectl nopea");
    expect(calledAs("C:\\bin\\kubectl-nopea.js")).toBe("kubectl nopea");
    expect(calledAs("/repo/dist/nopea-cli.js")).toBe("nopea");
    const { printed } = await build("kubectl nopea").type("drift --help");
    expect(printed).toContain("Usage: kubectl nopea drift");
    expect(printed).toContain("  kubectl nopea drift my-app --open");
  });

  it.each([
    ["suspend deploy/api --for 4h --until 2030-01-01T00:00:00Z", "cannot be used with"],
    ["suspend deploy/api --for 0s", "It is a duration like"],
    ["suspend deploy/api --until tomorrow", "RFC 3339"],
    ["sync my-app --timeout -1", "It is a time like"],
    ["events --tail many", "It is a whole number"],
    ["completion tcsh", "Allowed choices are bash, zsh, fish"],
    ["status a b", "too many arguments"],
  ])("%s: refused with what would be right, and nothing runs", async (line, message) => {
    const { command, printed } = await build().type(line);
    expect(command).toBeUndefined();
    expect(printed).toContain(message);
  });
});

describe("completion", () => {
  const typed = treeOf(build().program);

  it("the tree has what can be typed, and nothing hidden", () => {
    const names = typed.commands.map(({ name }) => name);
    expect(names).toEqual("status drift events sync suspend resume completion help".split(" "));
    const takesNames = typed.commands.filter(({ takesRepository }) => takesRepository);
    expect(takesNames.map(({ name }) => name)).toEqual(
      "status drift events sync suspend resume".split(" "),
    );
    expect(typed.globals.find(({ flags }) => flags.includes("--output"))).toMatchObject({
      ...{ flags: ["-o", "--output"], takes: "a value", choices: ["text", "json", "yaml"] },
    });
    expect(typed.globals.find(({ flags }) => flags.includes("--kubeconfig"))?.takes).toBe("a file");
  });

  const shells = [
    ["bash", bashScript(typed), ["bash", "-n"]],
    ["zsh", zshScript(typed), ["zsh", "-n"]],
    ["fish", fishScript(typed), ["fish", "--no-execute"]],
  ] as const;

  it.each(shells)("%s: every command, option and the names are in the script", (_, script) => {
    for (const { name, options } of typed.commands) {
      expect(script).toContain(name);
      for (const flag of options.flatMap(({ flags }) => flags)) {
        expect(script).toContain(flag.replace(/^-+/, ""));
      }
    }
    expect(script).toContain("nopea __complete");
  });

  const present = shells.filter(([shell]) => spawnSync(shell, ["--version"]).status === 0);
  it.each(present)("%s: reads the script (only the shells of this machine)", (_, script, how) => {
    const [program = "", ...args] = how;
    const { status, stderr } = spawnSync(program, args, { input: script, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
