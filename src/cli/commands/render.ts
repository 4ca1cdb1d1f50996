/** The command line of `nopea render`. */
import type { Command } from "commander";
import { render } from "../render/render";
import { name } from "../options";
import { examples } from "../program";
import type { Frame } from "../run";

interface Typed {
  readonly targetNamespace?: string;
  readonly repository?: string;
  readonly showSecrets: boolean;
}

const NOTES = `
The files are those that nopea would read of a commit: .yaml, .yml and .json, nothing
hidden, nothing that .nopeaignore or .gitignore names, links only inside. Without a
cluster the scope of a kind is known only for kinds of Kubernetes itself and those whose
CustomResourceDefinition lies beside them: other objects keep the namespace they have.`;

/** Adds `render [directory]`. */
export function addRender(program: Command, frame: Frame): void {
  program
    .command("render [directory]")
    .description("what a working tree would apply, as YAML in that order, without a cluster")
    .option("--target-namespace <name>", "spec.targetNamespace of the GitRepository", name)
    .option("--repository <name>", "name of the GitRepository, with -n: sets nopea's labels too")
    .option("--show-secrets", "values of Secrets as they are in the files", false)
    .addHelpText("after", NOTES)
    .addHelpText(
      "after",
      examples(program.name(), [
        ["render deploy", "problems with file and line, else the objects"],
        ["render deploy --target-namespace shop", "as with spec.targetNamespace: shop"],
        ["render | kubectl apply --dry-run=server -f -", "what the API server says of them"],
      ]),
    )
    .action((directory: string | undefined, typed: Typed, command: Command) =>
      frame.runOffline(command, context => {
        const { namespace } = command.optsWithGlobals<{ namespace?: string }>();
        return render(context, { directory: directory ?? ".", namespace, ...typed });
      }),
    );
}
