/** What can be typed: commander's own tree of commands, as completion scripts need it. */
import { Help, type Argument, type Command, type Option } from "commander";

export interface TypedOption {
  /** "-n", "--namespace" */
  readonly flags: readonly string[];
  readonly what: string;
  /** "nothing": a switch. A file's name is completed by the shell. */
  readonly takes: "nothing" | "a value" | "a file";
  /** Values to choose from; none: any. */
  readonly choices: readonly string[];
}

export interface TypedCommand {
  readonly name: string;
  readonly what: string;
  readonly options: readonly TypedOption[];
  /** Words to choose from as its argument. */
  readonly choices: readonly string[];
  /** Its argument is, or may be, the name of a GitRepository. */
  readonly takesRepository: boolean;
}

export interface Typed {
  readonly commands: readonly TypedCommand[];
  /** Options that every command takes. */
  readonly globals: readonly TypedOption[];
}

const help = new Help();

/** Everything but what is hidden. */
export function treeOf(program: Command): Typed {
  const commands = help.visibleCommands(program);
  return { commands: commands.map(commandOf), globals: program.options.map(optionOf) };
}

function commandOf(command: Command): TypedCommand {
  const args = command.registeredArguments;
  return {
    name: command.name(),
    what: help.subcommandDescription(command),
    options: help.visibleOptions(command).map(optionOf),
    choices: args.flatMap(({ argChoices = [] }: Argument) => argChoices),
    takesRepository: args.some(argument => argument.name().includes("repository")),
  };
}

function optionOf({ short, long, description, required, optional, argChoices, flags }: Option) {
  const takesFile = /<(file|directory|folder|path)>/.test(flags);
  const value: TypedOption["takes"] = takesFile ? "a file" : "a value";
  const takes: TypedOption["takes"] = required || optional ? value : "nothing";
  const names = [short, long].filter(flag => flag !== undefined);
  return { flags: names, what: description, takes, choices: argChoices ?? [] };
}
