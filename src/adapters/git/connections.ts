/** Connections to Git servers: kept alive, limited in time, through a proxy where the environment names one, and to no address that is not allowed. */
import { lookup as systemLookup } from "node:dns";
import { existsSync, readFileSync } from "node:fs";
import { isIP, type LookupFunction } from "node:net";
import { rootCertificates } from "node:tls";
import type { Dispatcher } from "undici";
import buildConnector from "undici/lib/core/connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import tunnel from "undici/lib/api/api-connect.js";
import Pool from "undici/lib/dispatcher/pool.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";
import { NopeaError } from "../../model/errors";
import { refuseAddress, type AddressPolicy } from "./address-policy";
import { setNewest } from "./set-newest";

export interface GitTimeouts {
  readonly connectMs: number;
  /** From the request to the first byte of the answer. */
  readonly headersMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
}

export interface GitConnections {
  /** The pool for servers whose certificates this authority (PEM) signs, besides those that everybody trusts. */
  to(ca: string | undefined): Dispatcher;
  /** Throws for a host that is written as an address that is not allowed: a proxy would not ask. */
  check(url: URL): void;
  destroy(): Promise<void>;
}

export interface GitConnecting {
  /** Asked at every new connection, so that a change is in force at once. */
  readonly policy: () => AddressPolicy;
  readonly timeouts?: Partial<GitTimeouts>;
  readonly proxies?: Proxies;
  readonly socketsPerHost?: number;
}

/** As in the environment variables of these names (lower case wins). */
export interface Proxies {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

const TIMEOUTS: GitTimeouts = { connectMs: 10_000, headersMs: 30_000, idleMs: 30_000 };
const KEEP_ALIVE_MS = 60_000;
const SOCKETS_PER_HOST = 8;
/** Authorities whose connections are kept; the one unused for longest goes first. */
const AUTHORITIES = 64;

/** Makes the pools. */
export function createGitConnections(connecting: GitConnecting): GitConnections {
  const pools = new Map<string, Dispatcher>();
  return {
    to: (ca = "") => {
      const pool = pools.get(ca) ?? createPool(connecting, ca);
      void setNewest(pools, [ca, pool], AUTHORITIES)?.close();
      return pool;
    },
    check: ({ hostname }) => {
      const refusal = refuseHost(hostname.replace(/^\[|\]$/g, ""), connecting.policy());
      if (refusal !== undefined) throw forbidden(hostname, refusal);
    },
    destroy: async () => {
      await Promise.all([...pools.values()].map(pool => pool.destroy()));
    },
  };
}

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY (names and addresses, no networks); a proxy that is no URL counts as none. */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): Proxies {
  const variable = (name: string) => {
    const value = env[name] ?? env[name.toUpperCase()];
    return value === "" ? undefined : value;
  };
  return {
    httpProxy: proxyUrl(variable("http_proxy")),
    httpsProxy: proxyUrl(variable("https_proxy")),
    noProxy: variable("no_proxy"),
  };
}

// curl and git take a proxy without a scheme for one that speaks HTTP
function proxyUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = value.includes("://") ? value : `http://${value}`;
  return URL.canParse(url) ? url : undefined;
}

/** What NODE_EXTRA_CA_CERTS adds, which Node forgets where it is given authorities. */
function extraCertificates(): readonly string[] {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  return file === undefined || !existsSync(file) ? [] : [readFileSync(file, "utf8")];
}

function createPool(connecting: GitConnecting, ca: string): Dispatcher {
  const { policy, timeouts, proxies, socketsPerHost } = {
    ...{ proxies: {}, socketsPerHost: SOCKETS_PER_HOST },
    ...connecting,
  };
  const { connectMs, headersMs, idleMs } = { ...TIMEOUTS, ...timeouts };
  const tls = ca === "" ? {} : { ca: [...rootCertificates, ...extraCertificates(), ca] };
  const connect = buildConnector({ timeout: connectMs, lookup: createLookup(policy), ...tls });
  const options = {
    connections: socketsPerHost,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersMs,
    bodyTimeout: idleMs,
    connect,
  };
  const { httpProxy, httpsProxy, noProxy = "" } = proxies;
  if (httpProxy === undefined && httpsProxy === undefined) return new Agent(options);
  // the proxy is the administrator's: its own address need not be allowed
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: httpProxy ?? "",
    httpsProxy: httpsProxy ?? "",
    noProxy,
    requestTls: { timeout: connectMs, ...tls },
    proxyTunnel: false,
    clientFactory: createProxyClient,
  });
}

// undici's own index gives every dispatcher its verbs, and brings all the rest of undici along
function createProxyClient(origin: URL, options: object): Dispatcher {
  return Object.assign(new Pool(origin, options), { connect: tunnel });
}

// Decides on the very addresses that the socket then connects to: a second DNS answer can't slip in.
function createLookup(policy: () => AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, "", 0);
        return;
      }
      const allowed = found.filter(({ address }) => refuseAddress(address, policy()) === undefined);
      const [first] = allowed;
      if (first === undefined) callback(forbidden(hostname, refuseAll(found, policy())), "", 0);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Hosts that are written as an address never reach the lookup. */
function refuseHost(hostname: string, policy: AddressPolicy): string | undefined {
  return isIP(hostname) === 0 ? undefined : refuseAddress(hostname, policy);
}

function refuseAll(found: readonly { readonly address: string }[], policy: AddressPolicy): string {
  const refusals = found.map(({ address }) => refuseAddress(address, policy));
  return refusals[0] ?? "it has no address";
}

function forbidden(hostname: string, why: string): NopeaError {
  return new NopeaError("git-host-forbidden", `the Git server ${hostname} is not allowed: ${why}`);
}
