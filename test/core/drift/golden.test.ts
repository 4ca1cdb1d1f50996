/** Every folder in test/fixtures/drift: what nopea says of a live object, and what a person says it should. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CASES, driftOf, readCase, readObject } from "../../support/drift-case";
import { expectationOf } from "../../support/drift-expectation";

const names = readdirSync(CASES).filter(name => statSync(join(CASES, name)).isDirectory());

describe.each(names)("%s", name => {
  test("as expected.yaml says", () => {
    expect(expectationOf(driftOf(readCase(name)))).toEqual(readObject(name, "expected.yaml"));
  });

  test("law: as applied, and with nothing new in Git: in sync", () => {
    const { base, desired, applied } = readCase(name);
    const was = base ?? desired;
    const drift = driftOf({ base: was, desired: was, applied, live: applied });
    expect(drift).toEqual({ object: "present", fields: [] });
  });
});
