/** The way from the command line to the API server: the same kubeconfig, contexts and users as kubectl. */
import { createKube, createKubeStream } from "../adapters/kube/client";
import { loadCredentials } from "../adapters/kube/credentials";
import { createWire } from "../adapters/kube/wire";
import { CommandError, type Context } from "./context";
import type { Globals } from "./globals";

/** What of the context depends on the cluster, and how it is left again. */
export interface Connection extends Pick<Context, "kube" | "stream" | "server"> {
  /** Of the kubeconfig's context. */
  readonly namespace: string | undefined;
  close(): Promise<void>;
}

/** Reads the kubeconfig; nothing is asked yet. */
export async function connect(
  { kubeconfig, context }: Pick<Globals, "kubeconfig" | "context">,
  now: () => number,
): Promise<Connection> {
  const credentials = await loadCredentials(now, { kubeconfig, context }).catch(unusable);
  const wire = createWire(credentials, 8);
  const { server, namespace } = credentials;
  return {
    kube: createKube(wire, credentials),
    stream: createKubeStream(wire, credentials),
    server,
    namespace,
    close: () => wire.close(),
  };
}

function unusable(cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  const next = "Check --kubeconfig, --context and KUBECONFIG (kubectl config view shows them).";
  throw new CommandError(`The kubeconfig cannot be used: ${why}.\n${next}`, undefined, { cause });
}
