/** Seals: what was signed proves itself, and nothing else does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEvidence } from "../../../src/core/evidence/read-evidence";
import { isSealed, sealedText, withSeal } from "../../../src/core/evidence/seal";
import { SEALED } from "../../../src/core/evidence/own-names";
import { seal, verify } from "../../support/admission";

const text = fc.string({ unit: "binary" });
const hooks = fc
  .uniqueArray(fc.constantFrom(...SEALED), { minLength: 1 })
  .chain(names => fc.tuple(...names.map(name => fc.tuple(fc.constant(name), text))))
  .map((entries): Record<string, string> => Object.fromEntries(entries));
const uid = fc.string({ minLength: 1 });

/** The text with another character in the place of one. */
const flipped = (written: string, at: number) => {
  const place = at % written.length;
  const other = written.charAt(place) === "A" ? "B" : "A";
  return `${written.slice(0, place)}${other}${written.slice(place + 1)}`;
};

describe("law", () => {
  test("what was sealed is sealed", () => {
    fc.assert(
      fc.property(uid, hooks, (id, names) => {
        expect(isSealed(id, withSeal(id, names, seal), verify)).toBe(true);
      }),
    );
  });

  test("any character that is another one, in a name's text, the seal or the uid: not sealed", () => {
    fc.assert(
      fc.property(uid, hooks, fc.nat(), (id, names, at) => {
        const sealed: Record<string, string> = { ...withSeal(id, names, seal) };
        for (const [name, written] of Object.entries(sealed)) {
          if (written === "") continue;
          const forged = { ...sealed, [name]: flipped(written, at) };
          expect(isSealed(id, forged, verify)).toBe(false);
        }
        expect(isSealed(flipped(id, at), sealed, verify)).toBe(false);
      }),
    );
  });

  test("different evidence has different texts: nothing moves from one name to another", () => {
    fc.assert(
      fc.property(uid, hooks, hooks, (id, a, b) => {
        const isSame = SEALED.every(name => a[name] === b[name]);
        expect(sealedText(id, a) === sealedText(id, b)).toBe(isSame);
      }),
    );
  });
});

describe("nothing is sealed", () => {
  const names = { "nopea.io/manual-edit": "[]" };

  test("without a key: what the hook would write is left out", () => {
    expect(withSeal("u-1", names, () => undefined)).toEqual({});
  });

  test("without a uid", () => {
    expect(withSeal("", names, seal)).toEqual({});
    expect(isSealed("", { ...names, "nopea.io/seal": seal(sealedText("", names)) }, verify)).toBe(
      false,
    );
  });

  test("without names: no seal either", () => {
    expect(withSeal("u-1", { "nopea.io/seal": "x" }, seal)).toEqual({});
  });
});

describe("a suspension's companions", () => {
  const evidenceOf = (more: Readonly<Record<string, string>>, value: string) => {
    const sealed = withSeal("u-1", more, seal);
    const annotations = { "nopea.io/suspend-heal": value, ...sealed };
    return readEvidence({ metadata: { uid: "u-1", annotations } }, verify);
  };
  const AT = "2026-01-15T10:30:00Z";
  const by = { "nopea.io/suspend-heal-by": "larry", "nopea.io/suspend-heal-at": AT };
  const until = (time: string) => ({ ...by, "nopea.io/suspend-heal-until": time });

  test.each([
    ["4h", until("2026-01-15T14:30:00Z")],
    ["2026-01-15T14:30:00Z", until("2026-01-15T14:30:00Z")],
    ["2026-01-15T14:29:59.5Z", until("2026-01-15T14:30:00Z")],
    ["yes", by],
  ])("%s with what belongs to it: told", (value, names) => {
    expect(evidenceOf(names, value).suspension?.by).toBe("larry");
  });

  test.each([
    ["8h", until("2026-01-15T14:30:00Z")],
    ["true", until("2026-01-15T14:30:00Z")],
    ["4h", by],
    ["soon", by],
    ["true", { "nopea.io/suspend-heal-at": AT }],
    ["true", { ...by, "nopea.io/suspend-heal-at": "then" }],
  ])("%s with what belongs to another value: nothing, and it is no forgery", (value, names) => {
    expect(evidenceOf(names, value)).toEqual({ edits: [], suspension: undefined, unsealed: false });
  });

  test("not sealed: reported, and worth nothing", () => {
    const annotations = { "nopea.io/suspend-heal": "true", ...by };
    expect(readEvidence({ metadata: { uid: "u-1", annotations } }, verify)).toEqual({
      edits: [],
      suspension: undefined,
      unsealed: true,
    });
  });

  test("nothing of the hook's: nothing to report", () => {
    const annotations = { "nopea.io/suspend-heal": "true" };
    expect(readEvidence({ metadata: { uid: "u-1", annotations } }, verify).unsealed).toBe(false);
  });
});
