/** Which fields are known to be edited, as the admission process knows it from DriftRecords. */
import { beforeEach, expect, test } from "vitest";
import { formatPath } from "../../src/model/field-path";
import type { Episode } from "../../src/model/episode";
import type { JsonObject } from "../../src/model/json";
import { createOpenFields, type OpenFields } from "../../src/worker/open-fields";
import { episode } from "../support/episodes";
import { recordTools } from "../support/record-tools";

function record(name: string, more: Partial<Episode> = {}, namespace = "team"): JsonObject {
  return recordTools.write({ uid: "r-1", namespace, name: "my-app" }, episode(name, more));
}

let open: OpenFields;
beforeEach(() => {
  open = createOpenFields();
});

const fields = (uid = "uid-1") => open.of(uid).map(formatPath);

test("an open record: its fields, of that object alone", () => {
  open.upsert(record("a", { fields: ["spec.replicas", "spec.paused"] }));
  expect(fields()).toEqual(["spec.replicas", "spec.paused"]);
  expect(fields("uid-2")).toEqual([]);
});

test("several of one object: the fields of all", () => {
  open.upsert(record("a", { fields: ["spec.replicas"] }));
  open.upsert(record("b", { fields: ["spec.paused"] }));
  open.upsert(record("c", { fields: ["data.k"], uid: "uid-2" }));
  expect(fields()).toEqual(["spec.replicas", "spec.paused"]);
});

test("it goes on: its newest fields; it is closed: none", () => {
  open.upsert(record("a", { fields: ["spec.replicas"] }));
  open.upsert(record("a", { fields: ["spec.paused"] }));
  expect(fields()).toEqual(["spec.paused"]);
  open.upsert(record("a", { decision: "healed" }));
  expect(fields()).toEqual([]);
});

test("removed: none, and one of that name in another namespace stays", () => {
  open.upsert(record("a", { fields: ["spec.replicas"] }));
  open.upsert(record("a", { fields: ["spec.paused"] }, "other"));
  open.remove(record("a"));
  expect(fields()).toEqual(["spec.paused"]);
});

test("a list: these and no others", () => {
  open.upsert(record("a", { fields: ["spec.replicas"] }));
  open.replace([record("b", { fields: ["spec.paused"] }), record("c", { decision: "undone" })]);
  expect(fields()).toEqual(["spec.paused"]);
});

test("a path that cannot be read: left out", () => {
  open.upsert(record("a", { fields: ["spec[", "spec.paused"] }));
  expect(fields()).toEqual(["spec.paused"]);
});

test("what becomes unreadable, or is pending: tells of nothing any more", () => {
  const good = record("a");
  for (const bad of [
    { status: {} },
    { status: { ...(good.status as JsonObject), state: "pending" } },
  ]) {
    open.upsert(good);
    open.upsert({ ...good, ...bad });
    expect(fields()).toEqual([]);
  }
});
