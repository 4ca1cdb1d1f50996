/** The command line of `nopea completion`, and of what its scripts call. */
import { Argument, type Command } from "commander";
import { bashScript } from "../completion/bash";
import { fishScript } from "../completion/fish";
import { names } from "../completion/names";
import { treeOf, type Typed } from "../completion/tree";
import { zshScript } from "../completion/zsh";
import { EXIT } from "../context";
import { examples } from "../program";
import type { Frame } from "../run";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  string,
  (typed: Typed) => string
>;

type Shell = keyof typeof SCRIPTS;

/** Adds `completion <shell>`, and a hidden command that lists names. */
export function addCompletion(program: Command, frame: Frame): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "your shell").choices(Object.keys(SCRIPTS)))
    .description("a script that lets your shell complete commands, options and names")
    .addHelpText(
      "after",
      examples(program.name(), [
        ["completion bash", "bash: source <(nopea completion bash), in ~/.bashrc"],
        ["completion zsh", "zsh: source <(nopea completion zsh), in ~/.zshrc after compinit"],
        ["completion fish", "fish: nopea completion fish | source, in config.fish"],
      ]),
    )
    .action((shell: Shell, _options: unknown, command: Command) =>
      frame.runOffline(command, () => {
        const script = SCRIPTS[shell](treeOf(program));
        return Promise.resolve({ value: { shell, script }, text: script, exitCode: EXIT.ok });
      }),
    );
  program
    .command("__complete", { hidden: true })
    .allowExcessArguments()
    .action((_options: unknown, command: Command) => frame.run(command, names));
}
