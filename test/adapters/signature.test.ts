/** Proofs of webhooks. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verify } from "../../src/adapters/signature";
import type { Proof } from "../../src/model/webhook";

function sign(body: Uint8Array, secret: string): Proof {
  return { scheme: "hmac", hex: createHmac("sha256", secret).update(body).digest("hex") };
}

const secretText = fc.string({ minLength: 1, unit: "grapheme" });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe("HMAC-SHA256", () => {
  test("GitHub's published example: fits", () => {
    const hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const body = Buffer.from("Hello, World!");
    expect(verify({ scheme: "hmac", hex }, body, ["It's a Secret to Everybody"])).toBe(true);
    expect(
      verify({ scheme: "hmac", hex: hex.toUpperCase() }, body, ["It's a Secret to Everybody"]),
    ).toBe(true);
  });

  test("law: what was signed fits, with any secret of a rotation", () => {
    fc.assert(
      fc.property(bytes, secretText, fc.array(secretText), (body, secret, others) => {
        expect(verify(sign(body, secret), body, [...others, secret])).toBe(true);
        expect(verify(sign(body, secret), body, [secret, ...others])).toBe(true);
      }),
    );
  });

  test("law: one flipped bit of the body, of the signature, or another secret: does not fit", () => {
    const flip = fc.record({ at: fc.nat(), bit: fc.nat({ max: 7 }) });
    fc.assert(
      fc.property(bytes, secretText, flip, (body, secret, { at, bit }) => {
        const flipped = (whole: Uint8Array) =>
          whole.map((byte, index) => (index === at % whole.length ? byte ^ (1 << bit) : byte));
        const proof = sign(body, secret);
        if (proof.scheme !== "hmac") throw new Error("it is one");
        expect(verify(proof, flipped(body), [secret])).toBe(false);
        const hex = Buffer.from(flipped(Buffer.from(proof.hex, "hex"))).toString("hex");
        expect(verify({ scheme: "hmac", hex }, body, [secret])).toBe(false);
        expect(verify(proof, body, [`${secret}x`])).toBe(false);
      }),
    );
  });

  test.each(["", "ab", "zz".repeat(32), "ab".repeat(33)])("%j for hex: does not fit", hex => {
    expect(verify({ scheme: "hmac", hex }, Buffer.from("a"), ["s"])).toBe(false);
  });

  test("no secret at all: nothing fits", () => {
    expect(verify(sign(Buffer.from("a"), ""), Buffer.from("a"), [])).toBe(false);
  });
});

describe("a token", () => {
  const fits = (token: string, secrets: readonly string[]) =>
    verify({ scheme: "token", token }, new Uint8Array(), secrets);

  test("equal to one of the secrets: fits; part of one, longer, or another: does not", () => {
    expect(fits("next", ["old", "next"])).toBe(true);
    for (const token of ["nex", "next ", "NEXT", "old,next"]) {
      expect(fits(token, ["old", "next"])).toBe(false);
    }
  });

  test("not ASCII: compared as the bytes that were sent", () => {
    expect(fits(Buffer.from("schlüssel").toString("latin1"), ["schlüssel"])).toBe(true);
  });
});
