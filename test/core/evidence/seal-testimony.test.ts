/** Seals of pending records: what the hook wrote proves itself, and nothing else does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { isSealedTestimony, sealTestimony } from "../../../src/core/evidence/seal-testimony";
import { sealedText } from "../../../src/core/evidence/seal";
import { readTestimony } from "../../../src/core/heal/read-record";
import { pendingRecordOf } from "../../../src/core/heal/record";
import type { Edit } from "../../../src/model/episode";
import { isObject, type JsonObject } from "../../../src/model/json";
import { changed, knowing, seal, verify } from "../../support/admission";
import { anyEpisode } from "../../support/episodes";

const REPOSITORY = { namespace: "shop", name: "my-app", uid: "repo-1" };
const EDIT: Edit = {
  id: "01kf4y",
  by: "larry",
  groups: ["sre"],
  at: 1_768_473_000_000,
  verb: "SCALE",
  source: "admission",
  changes: [{ path: "spec.replicas", from: "2", to: "3" }],
};

/** A pending record as it is written. */
const record = (edit: Edit = EDIT, name = "01kf4x"): JsonObject =>
  pendingRecordOf(
    REPOSITORY,
    {
      record: name,
      key: { group: "apps", kind: "Deployment", namespace: "shop", name: "api" },
      apiVersion: "apps/v1",
      uid: "u-1",
      edit,
    },
    { rfc3339: knowing().rfc3339, sha256 },
  );
const sealed = sealTestimony(record(), seal);

/** As an API server gives it back: the order of names is its own, and it knows more. */
function stored(object: JsonObject): JsonObject {
  const turned = (_: string, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).reverse()) : value;
  const read = JSON.parse(JSON.stringify(object, turned)) as JsonObject;
  return changed(read, { metadata: { resourceVersion: "7", generation: 1, uid: "record-uid" } });
}

const anyEdit = anyEpisode
  .filter(({ edits }) => edits.length > 0)
  .map(({ edits }): Edit => ({ ...EDIT, ...edits[0] }));

describe("law", () => {
  test("what was sealed is sealed, also as an API server gives it back, and without the seal not", () => {
    fc.assert(
      fc.property(anyEdit, fc.string(), (edit, name) => {
        const bare = record(edit, name);
        const written = sealTestimony(bare, seal);
        expect(isSealedTestimony(written, verify)).toBe(true);
        expect(isSealedTestimony(stored(written), verify)).toBe(true);
        expect(isSealedTestimony(bare, verify)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test("the seal of another edit or another name: not sealed", () => {
    fc.assert(
      fc.property(anyEdit, anyEdit, (a, b) => {
        fc.pre(JSON.stringify(record(a)) !== JSON.stringify(record(b)));
        const { annotations } = sealTestimony(record(a), seal).metadata as JsonObject;
        const forged = changed(record(b), { metadata: { annotations: annotations ?? null } });
        expect(isSealedTestimony(forged, verify)).toBe(false);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.string(), name => {
        fc.pre(name !== "01kf4x");
        expect(isSealedTestimony(changed(sealed, { metadata: { name } }), verify)).toBe(false);
      }),
    );
  });

  test("any value: no throw, and not sealed", () => {
    const part = fc.constantFrom("metadata", "spec", "status");
    fc.assert(
      fc.property(part, fc.jsonValue({ maxDepth: 3 }), (name, value) => {
        expect(isSealedTestimony({ ...sealed, [name]: value }, verify)).toBe(false);
        expect(isObject(value) && isSealedTestimony(value, verify)).toBe(false);
      }),
    );
  });
});

describe("changed since", () => {
  const edited = (more: JsonObject): JsonObject => {
    const [edit] = (sealed.status as { edits: readonly JsonObject[] }).edits;
    return changed(sealed, { status: { edits: [changed(edit ?? {}, more)] } });
  };
  const object = (more: JsonObject) => changed(sealed, { spec: { object: more } });

  test("nothing: believed", () => {
    expect(isSealedTestimony(edited({}), verify)).toBe(true);
    expect(isSealedTestimony(object({}), verify)).toBe(true);
  });

  test.each<readonly [string, JsonObject]>([
    ["who", edited({ by: "mary" })],
    ["in which groups", edited({ groups: [] })],
    ["when", edited({ at: "2026-01-15T10:30:01Z" })],
    ["what", edited({ verb: "DELETE" })],
    ["which edit", edited({ id: "01kf4z" })],
    ["to which number", edited({ changes: [{ path: "spec.replicas", from: "2", to: "4" }] })],
    ["one more name", edited({ more: "x" })],
    ["no edits", changed(sealed, { status: { edits: [] } })],
    ["no status", changed(sealed, { status: null })],
    ["which object", object({ name: "web" })],
    ["of which namespace", object({ namespace: "other" })],
    ["of which kind", object({ kind: "StatefulSet" })],
    ["of which uid", object({ uid: "u-2" })],
    ["of which repository", changed(sealed, { spec: { repository: "other" } })],
    ["no spec", changed(sealed, { spec: null })],
    ["which record", changed(sealed, { metadata: { name: "01kf4z" } })],
    ["no seal", changed(sealed, { metadata: { annotations: null } })],
    ["another seal", changed(sealed, { metadata: { annotations: { "nopea.io/seal": "x" } } })],
  ])("%s: not believed", (_, forged) => {
    expect(isSealedTestimony(forged, verify)).toBe(false);
  });

  test("a seal of an object's evidence: proves no record", () => {
    const other = seal(sealedText("01kf4x", {}));
    const forged = changed(sealed, { metadata: { annotations: { "nopea.io/seal": other } } });
    expect(isSealedTestimony(forged, verify)).toBe(false);
  });
});

describe("the key", () => {
  test("not known when it is written: the record as it is, and nobody believes it", () => {
    const unsealed = sealTestimony(record(), () => undefined);
    expect(unsealed).toEqual(record());
    expect(readTestimony(unsealed)).toBeDefined();
    expect(isSealedTestimony(unsealed, verify)).toBe(false);
  });

  test("not known when it is read: not believed", () => {
    expect(isSealedTestimony(sealed, () => false)).toBe(false);
  });
});
