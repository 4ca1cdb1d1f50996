/** What kubectl prints to whoever deletes what Git declares. */
import { describe, expect, test } from "vitest";
import { deletionWarnings } from "../../../src/core/evidence/deletion-warning";
import type { Managing } from "../../../src/core/evidence/knowing";
import { knowing, MANAGING } from "../../support/admission";

const DEPLOYMENT = { kind: "Deployment", name: "api" };

function warned(more: Partial<Managing> = {}, deleted = DEPLOYMENT): readonly string[] {
  return deletionWarnings(deleted, { ...MANAGING, ...more }, knowing());
}

const DECLARED = "Deployment api is declared by GitRepository shop/my-app";
const GONE = "To have it gone for good, remove it from Git.";

describe("it will be made anew", () => {
  test("with a grace period: when, to the second and never sooner, and how to have it gone", () => {
    expect(warned()).toEqual([
      `${DECLARED}: it will be made anew in 5m, at 2026-01-15T10:35:01Z.`,
      GONE,
    ]);
  });

  test("of none: at once", () => {
    expect(warned({ graceMs: 0 })).toEqual([`${DECLARED}: it will be made anew at once.`, GONE]);
  });

  test("that nobody set: at once", () => {
    const { graceMs: _, ...auto } = MANAGING;
    const [line] = deletionWarnings(DEPLOYMENT, auto, knowing());
    expect(line).toBe(`${DECLARED}: it will be made anew at once.`);
  });
});

describe("it stays deleted", () => {
  test.each(["manual", "notify"] as const)("%s: reported", healPolicy => {
    expect(warned({ healPolicy })).toEqual([
      `${DECLARED}: it stays deleted and is reported (healPolicy ${healPolicy}).`,
    ]);
  });

  test.each(["auto", "manual"] as const)("%s, suspended: until it is resumed", healPolicy => {
    expect(warned({ healPolicy, suspended: true })).toEqual([
      `${DECLARED}: it is suspended, nothing is made anew until it is resumed.`,
    ]);
  });
});

describe("an API server cuts what is longer than 256", () => {
  test("the longest names, the longest kind of Kubernetes' own: no line is longer", () => {
    const long = "a".repeat(253);
    const kind = "ValidatingAdmissionPolicyBinding";
    const lines = warned({ namespace: long, name: long }, { name: long, kind });
    expect(lines[0]).toContain(`${"a".repeat(63)}… is declared by GitRepository`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(256);
  });
});
