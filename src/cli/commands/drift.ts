/** The command line of `nopea drift`. */
import type { Command } from "commander";
import { drift, type DriftOptions } from "../drift/drift";
import { span } from "../options";
import { examples } from "../program";
import type { Frame } from "../run";

interface Typed extends Omit<DriftOptions, "repository" | "sinceMs"> {
  readonly since?: number;
}

/** Adds `drift [repository]`. */
export function addDrift(program: Command, frame: Frame): void {
  program
    .command("drift [repository]")
    .description("who changed what by hand, and what became of it; newest first")
    .option("--open", "only what is not as Git declares now", false)
    .option("--since <time>", "only what is open, or happened within this time (24h, 7d)", span)
    .option("--wide", "groups, field managers and repositories too", false)
    .option("--exit-code", "exit with 3 when something is open", false)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["drift", "open and past drift of the namespace"],
        ["drift my-app --open", "what is not as Git declares now"],
        ["drift -A --since 24h --wide", "who was at it since yesterday"],
        ["drift --open --exit-code", "for scripts: 3 when something is open"],
      ]),
    )
    .action((repository: string | undefined, { since, ...typed }: Typed, command: Command) =>
      frame.run(command, context => drift(context, { ...typed, repository, sinceMs: since })),
    );
}
