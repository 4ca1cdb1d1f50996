/** The command line of `nopea diff`. */
import type { Command } from "commander";
import { diff } from "../diff/diff";
import { examples } from "../program";
import type { Frame } from "../run";

interface Typed {
  readonly local?: string;
}

const NOTES = `
Nothing is written: every object is applied as a dry run, in your name, as nopea would
apply it. Values of Secrets and ConfigMaps, and of fields that are named like a secret,
are shown as (changed). The Git server is asked from here, with the repository's Secret.

Exits with 0 where a sync would change nothing, with 3 where it would change something,
and with 1 where that could not be found out.`;

/** Adds `diff <repository>`. */
export function addDiff(program: Command, frame: Frame): void {
  program
    .command("diff <repository>")
    .description("what the next sync would change; exits with 3 where there are differences")
    .option("--local <directory>", "compare this working tree instead of the branch's tip")
    .addHelpText("after", NOTES)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["diff my-app", "the branch's tip and the cluster"],
        ["diff my-app --local ./deploy", "before you commit"],
        ["diff my-app -n shop -o json", "for a script"],
      ]) +
        "\n\nTo adopt a running cluster: create the GitRepository with spec.suspend: true, look at\nits diff, and resume it.",
    )
    .action((name: string, { local }: Typed, command: Command) =>
      frame.run(command, context => diff(context, { name, local })),
    );
}
