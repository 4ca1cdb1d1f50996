import { describe, expect, it } from "vitest";
import {
  addressAllowed,
  classifyAddress,
  refuseAddress,
  type AddressClass,
} from "../../../src/adapters/git/address-policy";

const CASES: readonly (readonly [AddressClass, readonly string[]])[] = [
  ["public", ["1.1.1.1", "140.82.121.4", "2606:4700::1111", "::ffff:8.8.8.8", "172.32.0.1"]],
  ["private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"]],
  ["private", ["fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "fec0::1"]],
  ["loopback", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"]],
  ["loopback", ["::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1"]],
  ["link-local", ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"]],
  ["link-local", ["::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200"]],
  ["reserved", ["0.0.0.0", "0.1.2.3", "::", "::127.0.0.1", "2002:7f00:1::", "2001:0:1::"]],
  ["reserved", ["224.0.0.1", "255.255.255.255", "ff02::1", "git.example.com", "", "1.2.3"]],
];

describe("classifyAddress", () => {
  it.each(CASES.flatMap(([kind, list]) => list.map(address => [address, kind] as const)))(
    "%s: %s",
    (address, kind) => {
      expect(classifyAddress(address)).toBe(kind);
    },
  );
});

describe("addressAllowed", () => {
  const all = { allowPrivate: true, allowLoopback: true };
  const none = { allowPrivate: false, allowLoopback: false };

  it("everything is allowed: link-local and reserved still are not", () => {
    const allowed = ["1.1.1.1", "10.0.0.1", "127.0.0.1", "169.254.1.1", "0.0.0.0"];
    expect(allowed.map(address => addressAllowed(address, all))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("nothing is allowed: public addresses still are", () => {
    const allowed = ["1.1.1.1", "10.0.0.1", "127.0.0.1"];
    expect(allowed.map(address => addressAllowed(address, none))).toEqual([true, false, false]);
  });

  it("a refusal: names the variable that would allow it", () => {
    expect(refuseAddress("10.0.0.1", none)).toContain("NOPEA_ALLOW_PRIVATE_HOSTS");
    expect(refuseAddress("::1", none)).toContain("NOPEA_ALLOW_LOOPBACK");
  });
});
