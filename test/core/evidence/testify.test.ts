/** What is told of a deletion or a scaling before it happens. */
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import type { Knowing } from "../../../src/core/evidence/knowing";
import { parseRequest } from "../../../src/core/evidence/parse-request";
import { deedOf, testify } from "../../../src/core/evidence/testify";
import { parsePath } from "../../../src/model/field-path";
import type { JsonObject } from "../../../src/model/json";
import { changed, knowing, NOPEA, NOW } from "../../support/admission";
import { deletion, DEPLOYMENT, scaling, UNDECLARED } from "../../support/deeds";

const REPLICAS = parsePath("spec.replicas") ?? [];

function parsed(raw: JsonObject) {
  const request = parseRequest(raw);
  if (request === undefined) throw new Error("that is no request");
  return request;
}

const deed = (raw: JsonObject) => deedOf(parsed(raw));

/** What is told of it, where it is of interest. */
function told(raw: JsonObject, target = DEPLOYMENT, more: Partial<Knowing> = {}) {
  const request = parsed(raw);
  const done = deedOf(request);
  return done && testify({ request, deed: done, target }, knowing(more), sha256);
}

const meta = (metadata: JsonObject) => changed(DEPLOYMENT, { metadata });

describe("of interest", () => {
  test.each<readonly [string, string | undefined, JsonObject]>([
    ["a deletion", "DELETE", deletion()],
    ["a scaling", "SCALE", scaling(2, 3)],
    ["a scaling that creates", undefined, scaling(2, 3, { operation: "CREATE" })],
    ["a deletion of a subresource", undefined, deletion({ subResource: "scale" })],
    ["an eviction", undefined, deletion({ operation: "CREATE", subResource: "eviction" })],
    ["another subresource", undefined, scaling(2, 3, { subResource: "status" })],
    ["a write of the object", undefined, scaling(2, 3, { subResource: "" })],
    ["a dry run", undefined, deletion({ dryRun: true })],
    ["nopea's own", undefined, deletion({ userInfo: NOPEA })],
    [
      "nopea's as a tenant",
      undefined,
      deletion({ userInfo: { extra: { "nopea.io/writer": [] } } }),
    ],
    ["a node's", undefined, deletion({ userInfo: { username: "system:node:n" } })],
  ])("%s: %s", (_, expected, raw) => {
    expect(deed(raw)).toBe(expected);
  });
});

describe("a deletion", () => {
  test("who, when, and of which object; no fields", () => {
    const testimony = told(deletion());
    expect(testimony).toEqual({
      record: testimony?.record,
      key: { group: "apps", kind: "Deployment", namespace: "shop", name: "api" },
      apiVersion: "apps/v1",
      uid: "u-1",
      edit: {
        id: testimony?.edit.id,
        by: "larry",
        groups: ["sre"],
        at: NOW,
        verb: "DELETE",
        source: "admission",
        changes: [],
      },
    });
    expect(testimony?.record).toMatch(/^[0-9a-z]{26}$/);
    expect(testimony?.edit.id).not.toBe(testimony?.record);
  });

  test("asked again in the same words: the same record and edit; another request: another edit", () => {
    const [first, again, other] = [deletion(), deletion(), deletion({ uid: "r-2" })].map(raw =>
      told(raw),
    );
    expect(again).toEqual(first);
    expect(other?.record).toBe(first?.record);
    expect(other?.edit.id).not.toBe(first?.edit.id);
  });

  test("of a whole collection, whose request names nothing: each object by its name", () => {
    const testimony = told(deletion({ name: "" }));
    expect(testimony?.key).toMatchObject({ namespace: "shop", name: "api" });
  });

  test("of a cluster-scoped object of the core group: no group and no namespace", () => {
    const target: JsonObject = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "shop", uid: "u-2" },
    };
    const raw = deletion({ namespace: null, name: "shop" }, target);
    expect(told(raw, target)?.key).toEqual({
      group: "",
      kind: "Namespace",
      namespace: "",
      name: "shop",
    });
  });

  test.each<readonly [string, JsonObject]>([
    ["without uid", meta({ uid: null })],
    ["without kind", changed(DEPLOYMENT, { kind: null })],
    ["without apiVersion", changed(DEPLOYMENT, { apiVersion: null })],
    ["that is terminating already", meta({ deletionTimestamp: "2026-01-15T10:29:00Z" })],
  ])("of an object %s: nothing is told", (_, target) => {
    expect(told(deletion({}, target), target)).toBeUndefined();
  });
});

describe("a scaling", () => {
  const changes = (...args: Parameters<typeof told>) => told(...args)?.edit.changes;

  test.each<readonly [number, number]>([
    [2, 3],
    [2, 0],
    [0, 2],
  ])("from %i to %i: both numbers, and whose tool it was", (from, to) => {
    expect(told(scaling(from, to))?.edit).toMatchObject({
      verb: "SCALE",
      by: "larry",
      manager: "kubectl",
      changes: [{ path: "spec.replicas", from: `${from}`, to: `${to}` }],
    });
  });

  test.each([0, 2])("from %i to the same: nothing is told", replicas => {
    expect(told(scaling(replicas, replicas))).toBeUndefined();
  });

  test("Git leaves the number to others: nothing is told", () => {
    expect(told(scaling(2, 3), UNDECLARED)).toBeUndefined();
  });

  test("of an object that nopea has never applied: nothing is told", () => {
    expect(told(scaling(2, 3), meta({ managedFields: [] }))).toBeUndefined();
  });

  test("somebody owns the number since an edit that is open: told", () => {
    const openFields = (uid: string) => (uid === "u-1" ? [REPLICAS] : []);
    expect(changes(scaling(3, 4), UNDECLARED, { openFields })).toHaveLength(1);
  });

  test("of a kind that has the number elsewhere: told, and the watch finds out", () => {
    const elsewhere = changed(UNDECLARED, { spec: { replicas: null, size: 2 } });
    expect(changes(scaling(2, 3), elsewhere)).toHaveLength(1);
  });

  test("the kind is the object's own, not Scale", () => {
    expect(told(scaling(2, 3))?.key).toMatchObject({ group: "apps", kind: "Deployment" });
  });
});
