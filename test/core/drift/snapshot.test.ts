/** What nopea keeps in memory of an object that it applied, and what it finds out with it. */
import { describe, expect, test } from "vitest";
import { isAsDeclared } from "../../../src/core/drift/as-declared";
import { carryOver } from "../../../src/core/drift/carry-over";
import { changedLeaves } from "../../../src/core/drift/changed-leaves";
import { takeSnapshot } from "../../../src/core/drift/snapshot";
import { compareThreeWay } from "../../../src/core/drift/three-way";
import { formatPath, parsePath } from "../../../src/model/field-path";
import type { JsonObject } from "../../../src/model/json";
import { readCase, READER, type DriftCase } from "../../support/drift-case";

const paths = (texts: readonly string[]) => texts.map(text => parsePath(text) ?? []);

function whole(
  name: string,
): Required<DriftCase> & { live: JsonObject; base: NonNullable<DriftCase["base"]> } {
  const { base, live, ...others } = readCase(name);
  if (base === undefined || live === undefined) throw new Error(`${name} lacks a file`);
  return { base, live, ...others };
}

describe("a snapshot", () => {
  test("of a Secret: holds nothing of its values", () => {
    const { applied, base } = whole("secret-edited-through-data");
    const text = JSON.stringify(takeSnapshot(applied, base, READER));
    const values = Object.values(applied.data as Readonly<Record<string, string>>);
    expect(values).toHaveLength(2);
    for (const value of values) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value, "base64").toString());
    }
  });

  test("of a Deployment: small", () => {
    const { applied, base } = whole("edit");
    const size = JSON.stringify(takeSnapshot(applied, base, READER)).length;
    expect(size).toBeLessThan(2_500);
  });

  test("keeps values only where they are spelled otherwise than declared", () => {
    const { applied, base } = whole("edit");
    expect(takeSnapshot(applied, base, READER).kept).toEqual({
      "spec.template.spec.containers[name=api].resources.requests.cpu": '"500m"',
    });
  });

  test("managedFields lost because the object is too large: by the manifest", () => {
    const { applied, base, live } = whole("scale-by-hand");
    const bare = {
      ...applied,
      metadata: { ...(applied.metadata as JsonObject), managedFields: [] },
    };
    const snapshot = takeSnapshot(bare, base, READER);
    expect(changedLeaves(snapshot, applied, READER)).not.toEqual([]); // what our name owns beyond: never seen before
    expect(changedLeaves(snapshot, bare, READER)).toEqual([]);
    const edited = { ...live, metadata: bare.metadata };
    const changed = changedLeaves(snapshot, edited, READER);
    expect(changed.map(({ path }) => formatPath(path))).toEqual(["spec.replicas"]);
  });
});

test("a changed field: its live value, and the mark of the one before", () => {
  const { applied, base, live } = whole("edit");
  const snapshot = takeSnapshot(applied, base, READER);
  const [changed, ...others] = changedLeaves(snapshot, live, READER);
  expect(others).toEqual([]);
  expect(changed).toMatchObject({ counts: "value", value: "registry.local/api:hotfix" });
  expect(changed?.before).toMatch(/^[0-9a-f]{16}$/);
  expect(snapshot.marks).toContain(changed?.before);
});

describe("a commit lands around a field that stays under somebody's hand", () => {
  const { applied, base, live } = whole("scale-by-hand");
  const replicas = "spec.replicas";
  const previous = takeSnapshot(applied, base, READER);
  // nopea sent the live value: the answer looks as if it were ours
  const next = takeSnapshot(live, base, READER);

  test("by itself the new snapshot would take the edit for ours; carried over, it is still an edit", () => {
    const { fields } = compare(carryOver(next, previous, paths([replicas])));
    expect(fields).toEqual([{ path: replicas, class: "manual_drift", from: "2", to: "5" }]);
  });

  test("a field that is part of a held one is held", () => {
    expect(compare(carryOver(next, previous, paths(["spec"]))).fields).toHaveLength(1);
  });

  test("nothing held: as it is", () => {
    expect(carryOver(next, previous, [])).toBe(next);
    const { others } = previous;
    expect(carryOver(next, previous, paths(["spec.nothing"]))).toEqual({ ...next, others });
    expect(carryOver(previous, previous, paths([replicas])).marks).toBe(previous.marks);
  });

  test("what was kept of its spelling stays", () => {
    const cpu = "spec.template.spec.containers[name=api].resources.requests.cpu";
    const { applied, base, live } = whole("quantity-changed");
    const snapshot = carryOver(
      takeSnapshot(live, base, READER),
      takeSnapshot(applied, base, READER),
      paths([cpu]),
    );
    const drift = compareThreeWay({ base, desired: base, live, snapshot }, READER);
    expect(drift).toMatchObject({ fields: [{ path: cpu, from: '"500m"', to: '"600m"' }] });
  });

  function compare(snapshot: ReturnType<typeof takeSnapshot>) {
    const drift = compareThreeWay({ base, desired: base, live, snapshot }, READER);
    if (drift.object !== "present") throw new Error(drift.object);
    return drift;
  }
});

describe("after a restart", () => {
  test.each([
    ["finalizer-removed", "applied", true],
    ["finalizer-removed", "live", false],
    ["empty-string-data-removed", "applied", true],
    ["empty-string-data-removed", "live", false],
    ["forced-by-another", "live", false],
    ["default-list-key", "applied", true],
    ["default-list-key", "live", true],
    ["secret-edited-through-data", "applied", true],
    ["secret-edited-through-data", "live", false],
    ["empty-selector-filled", "live", false],
    ["wiped-managed-fields", "live", false],
    ["null-data", "applied", true],
    ["empty-list-filled-keyed", "live", false],
    // the server spells `cpu: "0.5"` otherwise: one dry run says that nothing is wrong
    ["edit", "applied", false],
  ] as const)("%s, %s.yaml needs no closer look: %s", (name, file, expected) => {
    const { base, ...objects } = whole(name);
    expect(isAsDeclared(base, objects[file], READER.fieldManager)).toBe(expected);
  });
});
