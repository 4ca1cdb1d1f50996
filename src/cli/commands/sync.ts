/** The command line of `nopea sync`. */
import type { Command } from "commander";
import { wait } from "../options";
import { examples } from "../program";
import type { Frame } from "../run";
import { sync } from "../sync/sync";

interface Typed {
  readonly wait: boolean;
  readonly timeout?: number;
}

const TWO_MINUTES = 120_000;

/** Adds `sync <repository>`. */
export function addSync(program: Command, frame: Frame): void {
  program
    .command("sync <repository>")
    .description("look at Git now, and wait for what comes of it; exits with 1 when it fails")
    .option("--timeout <time>", "how long to wait (default: 2m)", wait)
    .option("--no-wait", "only ask for it")
    .addHelpText(
      "after",
      examples(program.name(), [
        ["sync my-app", "wait until the newest commit is in, or has failed"],
        ["sync my-app --timeout 10m", "wait longer"],
        ["sync my-app --no-wait", "ask, and go on"],
      ]),
    )
    .action((name: string, { wait, timeout = TWO_MINUTES }: Typed, command: Command) =>
      frame.run(command, context => sync(context, { name, wait, timeoutMs: timeout })),
    );
}
