/** What completion scripts ask for while somebody types: names of GitRepositories, and never an error. */
import { repositoryNames } from "../../adapters/kube/repositories";
import { EXIT, type Answer, type Context } from "../context";

/** Nobody waits longer for a completion. */
const PATIENCE_MS = 2_000;

/** One name a line; none where they cannot be read. */
export async function names({ kube, namespace, signal }: Context): Promise<Answer> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const found = await repositoryNames(kube, namespace, patience).catch(() => []);
  return { value: found, text: found.join("\n"), exitCode: EXIT.ok };
}
