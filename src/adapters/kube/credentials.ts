/** How to reach the API server and prove who we are: from a KubeConfig (in a pod: the mounted ServiceAccount). */
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

export interface Credentials {
  readonly origin: string;
  /** Path of the API server's URL, without the last slash: proxies serve several clusters below one host. */
  readonly basePath: string;
  readonly tls: Readonly<Record<string, unknown>>;
  /** Value of the Authorization header; undefined where client certificates do the work. Read anew after `renew`. */
  authorization(): Promise<string | undefined>;
}

/** Where credentials are looked for, as kubectl's options of the same names say. */
export interface CredentialsOptions {
  /** A file; absent: KUBECONFIG, ~/.kube/config or the pod's ServiceAccount. */
  readonly kubeconfig?: string | undefined;
  /** Absent: the current one. */
  readonly context?: string | undefined;
}

/** Credentials, and what else the kubeconfig says of the cluster. */
export interface LoadedCredentials extends Credentials {
  /** URL of the API server. */
  readonly server: string;
  /** Of the context; undefined where it names none. */
  readonly namespace: string | undefined;
}

/** How long an Authorization header is used before it is read again: mounted tokens rotate within the hour. */
const HEADER_LIFE_MS = 60_000;

/** Reads KUBECONFIG, ~/.kube/config or the pod's ServiceAccount; throws when there is none. */
export async function loadCredentials(
  now: () => number,
  where: CredentialsOptions = {},
): Promise<LoadedCredentials> {
  const config = readConfig(where);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("no cluster in the kubeconfig: set KUBECONFIG");
  refuseUnknown(config);
  const url = new URL(server);
  const options = await httpsOptions(config);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  let header = options.headers;
  let readAt = now();
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    origin: url.origin,
    basePath: url.pathname.replace(/\/$/, ""),
    tls: { ca, cert, key, servername, rejectUnauthorized },
    async authorization() {
      if (now() - readAt > HEADER_LIFE_MS) {
        header = (await httpsOptions(config)).headers;
        readAt = now();
      }
      const value = header.Authorization;
      return typeof value === "string" ? value : undefined;
    },
  };
}

/** Passed over, these would mean other rights, or another way, than whoever wrote them wants. */
function refuseUnknown(config: KubeConfig): void {
  if (config.getCurrentUser()?.impersonateUser !== undefined) {
    throw new Error("the kubeconfig's `as` (impersonation) is not supported");
  }
  if (config.getCurrentCluster()?.proxyUrl !== undefined) {
    throw new Error("the kubeconfig's `proxy-url` is not supported");
  }
}

function readConfig({ kubeconfig, context }: CredentialsOptions): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  if (context === undefined) return config;
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new Error(`no context ${context} in the kubeconfig: it has ${names.join(", ")}`);
  }
  config.setCurrentContext(context);
  return config;
}

async function httpsOptions(config: KubeConfig) {
  const headers: Record<string, unknown> = {};
  const options: RequestOptions = { headers: headers as RequestOptions["headers"] & object };
  await config.applyToHTTPSOptions(options);
  return { ...options, headers };
}
