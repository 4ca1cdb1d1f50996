/** The command line of `nopea resume`. */
import type { Command } from "commander";
import { examples } from "../program";
import type { Frame } from "../run";
import { resume } from "../suspend/suspend";

/** Adds `resume <what>`. */
export function addResume(program: Command, frame: Frame): void {
  program
    .command("resume <repository|type/name>")
    .description("end a suspension: of a whole repository, or of one object")
    .addHelpText(
      "after",
      examples(program.name(), [
        ["resume my-app", "Git is looked at again, at once"],
        ["resume deploy/api", "what differs from Git is healed again"],
      ]),
    )
    .action((what: string, _options: unknown, command: Command) =>
      frame.run(command, context => resume(context, what)),
    );
}
