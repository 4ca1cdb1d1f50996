/** The command line of `nopea suspend`. */
import { Option, type Command } from "commander";
import { duration, time } from "../options";
import { examples } from "../program";
import type { Frame } from "../run";
import { suspend, type SuspendOptions } from "../suspend/suspend";

type Typed = Omit<SuspendOptions, "what">;

/** Adds `suspend <what>`. */
export function addSuspend(program: Command, frame: Frame): void {
  const span = new Option("--for <duration>", "an object: for so long (4h, 30m)");
  program
    .command("suspend <repository|type/name>")
    .description("hold nopea off a whole repository, or off one object (break-glass)")
    .addOption(span.argParser(duration).conflicts("until"))
    .option("--until <time>", "an object: until then (2026-01-15T18:00:00Z)", time)
    .option("--reason <text>", "an object: why; shown wherever the suspension is shown")
    .addHelpText(
      "after",
      examples(program.name(), [
        ["suspend my-app", "no fetch and no write for the repository"],
        ["suspend deploy/api --for 4h --reason INC-4711", "a hotfix that stays for four hours"],
        ["suspend cm/settings -n shop", "until you resume it"],
      ]),
    )
    .action((what: string, typed: Typed, command: Command) =>
      frame.run(command, context => suspend(context, { ...typed, what })),
    );
}
