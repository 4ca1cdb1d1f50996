/** The command line as a whole: global options, help, and what is said of a wrong one. */
import { Command } from "commander";
import { version } from "../../package.json";
import { addGlobals } from "./globals";

/** Adds one command. */
export type Adding<Frame> = (program: Command, frame: Frame) => void;

/** How it is called: as a program of its own, or by kubectl, which finds `kubectl-nopea` in the PATH. */
export function calledAs(path: string | undefined): string {
  return /(^|[/\\])kubectl-nopea(\.\w+)?$/.test(path ?? "") ? "kubectl nopea" : "nopea";
}

/** The program with its commands; a wrong command line and help end in a CommanderError. */
export function createProgram<Frame>(
  name: string,
  frame: Frame,
  commands: readonly Adding<Frame>[],
): Command {
  const program = new Command(name)
    .description("What nopea does in this cluster: Git to cluster, and who changed what")
    .version(version, "-V, --version", "the version of this command")
    .helpOption("-h, --help", "this text")
    .helpCommand("help [command]", "help for a command")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(`(${name} --help shows what there is)`)
    .exitOverride();
  addGlobals(program);
  for (const add of commands) add(program, frame);
  program.addHelpText(
    "after",
    examples(name, [
      ["status -A", "every repository, with drift, suspensions and what waits"],
      ["drift my-app --since 24h", "who changed what, and what became of it"],
      ["suspend deploy/api --for 4h --reason INC-4711", "break-glass for one object"],
      ["sync my-app", "look at Git now, and wait for what comes of it"],
    ]),
  );
  return program;
}

/** Examples below a command's help: what to type, and what it does. */
export function examples(name: string, lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([typed]) => typed.length));
  const shown = lines.map(([typed, what]) => `  ${name} ${typed.padEnd(width)}   ${what}`);
  return `\nExamples:\n${shown.join("\n")}`;
}
