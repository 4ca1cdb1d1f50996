/** The options that every command takes. */
import type { Command } from "commander";
import { Option } from "commander";
import { name } from "./options";
import type { Output } from "./context";

export interface Globals {
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly output: Output;
  /** False with --no-color. */
  readonly color: boolean;
}

/** Adds them to the program: they are understood before and after the command's name. */
export function addGlobals(program: Command): void {
  const output = new Option("-o, --output <format>", "how the answer is printed");
  program
    .option(
      "-n, --namespace <name>",
      "namespace (default: the one of the kubeconfig's context)",
      name,
    )
    .option("-A, --all-namespaces", "every namespace", false)
    .option("--kubeconfig <file>", "kubeconfig file (default: KUBECONFIG, ~/.kube/config)")
    .option("--context <name>", "context of the kubeconfig (default: the current one)")
    .addOption(output.choices(["text", "json", "yaml"]).default("text"))
    .option("--no-color", "no colours, also on a terminal (NO_COLOR does the same)");
}

/** What was given, for a command of the program. */
export function globalsOf(command: Command): Globals {
  return command.optsWithGlobals();
}
