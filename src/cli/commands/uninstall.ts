/** The command line of `nopea uninstall`. */
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { examples } from "../program";
import type { Frame } from "../run";
import { uninstall } from "../uninstall/uninstall";

interface Typed {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly deleteCrds: boolean;
}

const NOTES = `
What nopea applied stays, also where deletionPolicy is Delete. Namespace pepr-system and
Pepr's own CustomResourceDefinition go only where nothing of anybody else needs them.`;

/** Adds `uninstall`. */
export function addUninstall(program: Command, frame: Frame): void {
  program
    .command("uninstall")
    .description("take nopea out of the cluster; what it applied stays")
    .option("-y, --yes", "do not ask", false)
    .option("--dry-run", "only say what would be deleted", false)
    .option("--no-delete-crds", "keep the CustomResourceDefinitions, and all GitRepositories")
    .addHelpText("after", NOTES)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["uninstall --dry-run", "what would go"],
        ["uninstall", "asks, then deletes"],
        ["uninstall --yes", "for a script"],
      ]),
    )
    .action((typed: Typed, command: Command) =>
      frame.run(command, context =>
        uninstall(context, {
          ...typed,
          ask: process.stdin.isTTY ? question => ask(question, context.signal) : undefined,
        }),
      ),
    );
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await terminal.question(`${question}\nType yes to go on: `, { signal });
    return typed.trim() === "yes";
  } catch {
    // Ctrl-C and Ctrl-D are answers, too
    return false;
  } finally {
    terminal.close();
  }
}
