/** Which network addresses a Git server may have: a decision about an IP address and nothing else. */
import { BlockList, isIP, isIPv6 } from "node:net";

export interface AddressPolicy {
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
}

export type AddressClass = "public" | "private" | "loopback" | "link-local" | "reserved";

type Rule = readonly [network: string, prefix: number];

// Clouds answer for the machine's identity at link-local addresses, and at these that look harmless.
const METADATA: readonly Rule[] = [
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
];

// First match wins. IPv4-mapped addresses match the IPv4 rules (BlockList unmaps them).
const CLASSES: readonly (readonly [AddressClass, BlockList])[] = [
  ["link-local", listOf([["169.254.0.0", 16], ["fe80::", 10], ...METADATA])],
  [
    "loopback",
    listOf([
      ["127.0.0.0", 8],
      ["::1", 128],
    ]),
  ],
  [
    "reserved",
    listOf([
      ["0.0.0.0", 8],
      ["224.0.0.0", 3],
      // Unspecified and IPv4-compatible, 6to4 and Teredo: other ways to write an IPv4 address.
      ["::", 96],
      ["2002::", 16],
      ["2001::", 32],
      ["ff00::", 8],
    ]),
  ],
  [
    "private",
    listOf([
      ["10.0.0.0", 8],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
      ["100.64.0.0", 10],
      ["198.18.0.0", 15],
      ["fc00::", 7],
      ["fec0::", 10],
    ]),
  ],
];

/** What kind of address this is; what is no IP address at all is reserved. */
export function classifyAddress(address: string): AddressClass {
  const ip = address.split("%")[0] ?? "";
  if (isIP(ip) === 0) return "reserved";
  const family = isIPv6(ip) ? "ipv6" : "ipv4";
  return CLASSES.find(([, list]) => list.check(ip, family))?.[0] ?? "public";
}

/** Whether nopea may open a connection to this address. */
export function addressAllowed(address: string, policy: AddressPolicy): boolean {
  return refuseAddress(address, policy) === undefined;
}

/** Why nopea may not open a connection to this address, and what would allow it; undefined: it may. */
export function refuseAddress(address: string, policy: AddressPolicy): string | undefined {
  const kind = classifyAddress(address);
  switch (kind) {
    case "public":
      return undefined;
    case "private":
      return policy.allowPrivate
        ? undefined
        : `${address} is a private address; NOPEA_ALLOW_PRIVATE_HOSTS=true would allow it`;
    case "loopback":
      return policy.allowLoopback
        ? undefined
        : `${address} is a loopback address; NOPEA_ALLOW_LOOPBACK=true would allow it`;
    case "link-local":
      return `${address} is a link-local or metadata address, which is never allowed`;
    case "reserved":
      return `${address} is a reserved address, which is never allowed`;
  }
}

// NAT64 networks carry an IPv4 address in their last 32 bits.
function listOf(rules: readonly Rule[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of rules) {
    list.addSubnet(network, prefix, isIPv6(network) ? "ipv6" : "ipv4");
    if (!isIPv6(network)) list.addSubnet(`64:ff9b::${network}`, 96 + prefix, "ipv6");
  }
  return list;
}
