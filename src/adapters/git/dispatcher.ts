/** The pool of connections to Git servers: keep-alive, time limits, and no address that is not allowed. */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Dispatcher } from "undici";
import buildConnector from "undici/lib/core/connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { NopeaError } from "../../model/errors";
import { refuseAddress, type AddressPolicy } from "./address-policy";

export interface GitTimeouts {
  readonly connectMs: number;
  /** From the request to the first byte of the answer. */
  readonly headersMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
}

const TIMEOUTS: GitTimeouts = { connectMs: 10_000, headersMs: 30_000, idleMs: 30_000 };

const KEEP_ALIVE_MS = 60_000;
const SOCKETS_PER_HOST = 8;

/** Makes the pool; `policy` is asked at every new connection, so that a change is in force at once. */
export function createGitDispatcher(
  policy: () => AddressPolicy,
  timeouts: Partial<GitTimeouts> = {},
): Dispatcher {
  const { connectMs, headersMs, idleMs } = { ...TIMEOUTS, ...timeouts };
  const connect = buildConnector({ timeout: connectMs, lookup: createLookup(policy) });
  return new Agent({
    connections: SOCKETS_PER_HOST,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersMs,
    bodyTimeout: idleMs,
    // Hosts that are written as an address never reach the lookup.
    connect: (options, callback) => {
      const refusal = isIP(options.hostname)
        ? refuseAddress(options.hostname, policy())
        : undefined;
      if (refusal === undefined) connect(options, callback);
      else queueMicrotask(() => callback(forbidden(options.hostname, refusal), null));
    },
  });
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

function refuseAll(found: readonly { readonly address: string }[], policy: AddressPolicy): string {
  const refusals = found.map(({ address }) => refuseAddress(address, policy));
  return refusals[0] ?? "it has no address";
}

function forbidden(hostname: string, why: string): NopeaError {
  return new NopeaError("git-host-forbidden", `the Git server ${hostname} is not allowed: ${why}`);
}
