/** Where a name is looked up: names are names in one namespace. */
import { CommandError, EXIT, type Context } from "../context";

/** The namespace; -A beside a name is a mistake, and nothing is guessed. */
export function oneNamespace({
  namespace,
  allNamespaces,
}: Pick<Context, "namespace" | "allNamespaces">): string {
  if (!allNamespaces) return namespace;
  throw new CommandError(
    "-A and a name do not go together: a name is one of a namespace. Say which with -n.",
    EXIT.usage,
  );
}
