/** The command line of `nopea events`. */
import type { Command } from "commander";
import { events } from "../events/events";
import { amount } from "../options";
import { examples } from "../program";
import type { LiveFrame } from "../run";

interface Typed {
  readonly tail: number;
  readonly follow: boolean;
}

/** Adds `events [repository]`. */
export function addEvents(program: Command, frame: LiveFrame): void {
  program
    .command("events [repository]")
    .description("what nopea does: the latest, and then live until Ctrl-C")
    .option("--tail <number>", "how many of the latest are shown first", amount, 20)
    .option("--no-follow", "end after the latest")
    .addHelpText(
      "after",
      examples(program.name(), [
        ["events", "of all repositories of the namespace"],
        ["events my-app -n shop", "of one repository"],
        ["events -A --no-follow -o json", "for scripts: one JSON object a line"],
      ]),
    )
    .action((repository: string | undefined, typed: Typed, command: Command) =>
      frame.runLive(command, (context, write) => events(context, { ...typed, repository }, write)),
    );
}
