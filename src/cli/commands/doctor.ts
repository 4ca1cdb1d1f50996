/** The command line of `nopea doctor`. */
import type { Command } from "commander";
import { doctor } from "../doctor/doctor";
import { examples } from "../program";
import type { Frame } from "../run";

const NOTES = `
Each finding is ok, a warning or a problem, with what helps. Git servers are not asked:
nopea reaches them from the cluster, and its own word on them is shown.

Exits with 0 where all is well or there are warnings only, and with 3 where there are
problems.`;

/** Adds `doctor`. */
export function addDoctor(program: Command, frame: Frame): void {
  program
    .command("doctor")
    .description("whether nopea is installed as it should be; exits with 3 where it is not")
    .addHelpText("after", NOTES)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["doctor", "look at everything"],
        ["doctor -o json", "for a script"],
      ]),
    )
    .action((_options: unknown, command: Command) => frame.run(command, doctor));
}
