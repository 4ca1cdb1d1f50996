/** The command line of `nopea status`. */
import type { Command } from "commander";
import { examples } from "../program";
import type { Frame } from "../run";
import { status } from "../status/status";

/** Adds `status [repository]`. */
export function addStatus(program: Command, frame: Frame): void {
  program
    .command("status [repository]")
    .description("how the repositories stand; with a name, all there is to say of one")
    .option("--exit-code", "exit with 3 when a repository is Failed or Stalled", false)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["status", "the repositories of the namespace"],
        ["status -A", "those of all namespaces"],
        ["status my-app", "conditions, drift, suspensions and what waits"],
        ["status -A --exit-code", "for scripts: 3 when something is broken"],
      ]),
    )
    .action((name: string | undefined, options: { exitCode: boolean }, command: Command) =>
      frame.run(command, context => status(context, { name, exitCode: options.exitCode })),
    );
}
