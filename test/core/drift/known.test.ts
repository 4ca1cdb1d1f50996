/** What a newer, an older, or another version of a live object makes of what is known of it. */
import { expect, test } from "vitest";
import { look, type Known } from "../../../src/core/drift/known";
import { compareVersions } from "../../../src/model/resource-version";
import { takeSnapshot, type Reader } from "../../../src/core/drift/snapshot";
import { formatStamp } from "../../../src/core/evidence/stamp";
import type { Edit } from "../../../src/model/episode";
import type { JsonObject } from "../../../src/model/json";
import type { Sighting } from "../../../src/model/live";
import { sha256 } from "../../../src/adapters/sha256";
import { CONFIG_MAP, desired, live, MARKS } from "../../support/examples";

const reader: Reader = { fieldManager: MARKS.fieldManager, sha256, verifySeal: () => false };
const base = { ...desired().manifest, data: { a: "git" } };
const looking = (now: number) => ({ kind: CONFIG_MAP, reader, now });

function seen(resourceVersion: string, data: JsonObject, more: Partial<Sighting["live"]> = {}) {
  const found = live({ resourceVersion, ...more });
  const { uid } = found;
  const fieldsV1 = { "f:data": { "f:a": {} } };
  const managedFields = [{ manager: MARKS.fieldManager, operation: "Apply", fieldsV1 }];
  const metadata = { name: "settings", uid, resourceVersion, managedFields };
  return { live: found, object: { ...base, metadata, data } };
}

/** As our own apply was answered, in version 7. */
function known(): Known {
  const { live: found, object } = seen("7", { a: "git" });
  const snapshot = takeSnapshot(object, base, reader);
  return { kind: CONFIG_MAP, live: found, snapshot, base, autoscaled: [] };
}

test("a version that is older than our answer: history, nothing is new", () => {
  const before = known();
  expect(look(before, seen("6", { a: "old" }), looking(1))).toBe(before);
});

test("our own answer once more: nothing is new", () => {
  const before = known();
  expect(look(before, seen("7", { a: "git" }), looking(1))).toBe(before);
});

test("the same version with another projection: the server's doing, the new base, no drift", () => {
  const after = look(known(), seen("7", { a: "defaulted" }), looking(1));
  expect(after).not.toHaveProperty("object");
  expect(after.snapshot).not.toEqual(known().snapshot);
  expect(look(after, seen("8", { a: "defaulted" }), looking(2))).not.toHaveProperty("object");
  expect(look(after, seen("8", { a: "git" }), looking(2)).object).toBeDefined();
});

test("a newer version that differs: the whole object, and when the first such version came", () => {
  const first = look(known(), seen("8", { a: "hand" }), looking(1));
  expect(first).toMatchObject({ object: { data: { a: "hand" } }, changedAt: 1 });
  expect(first.snapshot).toEqual(known().snapshot);
  const second = look(first, seen("9", { a: "hand again" }), looking(2));
  expect(second).toMatchObject({ object: { data: { a: "hand again" } }, changedAt: 1 });
});

test("put back: no longer any difference, and the next edit begins anew", () => {
  const first = look(known(), seen("8", { a: "hand" }), looking(1));
  const back = look(first, seen("9", { a: "git" }), looking(2));
  expect(back).not.toHaveProperty("object");
  expect(look(back, seen("10", { a: "hand" }), looking(3)).changedAt).toBe(3);
});

test("a field that is not ours: no difference", () => {
  expect(look(known(), seen("8", { a: "git", b: "x" }), looking(1))).not.toHaveProperty("object");
});

test("made anew by the same name, whatever its version: another object, with the memory of the old one", () => {
  const after = look(known(), seen("3", { a: "git" }, { uid: "uid-2" }), looking(1));
  expect(after).toMatchObject({ live: { uid: "uid-2" }, changedAt: 1, base });
  expect(after.snapshot).toEqual(known().snapshot);
  expect(after.object).toBeDefined();
});

test("never seen before: the whole object, and no snapshot of it", () => {
  const after = look(undefined, seen("3", { a: "git" }), looking(1));
  expect(after).toMatchObject({ changedAt: 1, object: { data: { a: "git" } } });
  expect(after).not.toHaveProperty("snapshot");
});

test("a suspension: counts from when its value was first seen; another value counts anew", () => {
  const suspended = (version: string, value: string) =>
    seen(version, { a: "git" }, { annotations: { "nopea.io/suspend-heal": value } });
  const first = look(known(), suspended("8", "4h"), looking(1));
  const same = look(first, suspended("9", "4h"), looking(2));
  const other = look(same, suspended("10", "30m"), looking(3));
  expect([first, same, other].map(({ suspendHeal }) => suspendHeal?.at)).toEqual([1, 1, 3]);
  expect(look(other, seen("11", { a: "git" }), looking(4))).not.toHaveProperty("suspendHeal");
});

test.each([
  ["7", "7", 0],
  ["9", "10", -1],
  ["10", "9", 1],
  ["abc", "9", 1],
])("versions %s and %s: %i", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

const sealed: Reader = { ...reader, verifySeal: () => true };
const edit = (id: number): Edit => {
  const at = Date.UTC(2026, 0, 15) + id * 1_000;
  return { id: `e${id}`, at, by: "larry", verb: "UPDATE", source: "admission", changes: [] };
};

/** A version with these edits in its stamp. */
function stamped(resourceVersion: string, ids: readonly number[]): Sighting {
  const rfc3339 = (at: number) => new Date(at).toISOString();
  const stamp = {
    "nopea.io/manual-edit": formatStamp(ids.map(edit), rfc3339),
    "nopea.io/seal": "s",
  };
  const annotations: Record<string, string> = ids.length === 0 ? {} : stamp;
  const { live: found, object } = seen(resourceVersion, { a: "hand" }, { annotations });
  return { live: found, object: { ...object, metadata: { ...object.metadata, annotations } } };
}

const idsAfter = (versions: readonly Sighting[]) =>
  versions
    .reduce((before, version) => look(before, version, { ...looking(1), reader: sealed }), known())
    .stamped?.map(({ id }) => id);

test("an edit that later ones have pushed out of the stamp: known until our own write", () => {
  const fast = [
    stamped("8", [1, 2]),
    stamped("9", [1, 2, 3, 4, 5]),
    stamped("10", [3, 4, 5, 6, 7]),
  ];
  expect(idsAfter(fast)).toEqual(["e1", "e2", "e3", "e4", "e5", "e6", "e7"]);
  expect(idsAfter([...fast, stamped("11", [])])).toBeUndefined();
  expect(idsAfter([...fast, stamped("11", []), stamped("12", [8])])).toEqual(["e8"]);
});
