/** What the managedFields and the status of an object tell: autoscalers, whoever edited it, work that has ended. */
import { describe, expect, test } from "vitest";
import { autoscaledFields } from "../../../src/core/heal/autoscaled";
import { hasFinished, vanishes } from "../../../src/core/heal/finished";
import { inferEdits } from "../../../src/core/heal/infer";
import { formatPath } from "../../../src/model/field-path";
import type { JsonObject } from "../../../src/model/json";

/** 2026-01-15T10:30:00Z */
const NOW = 1_768_473_000_000;
const REPLICAS = { "f:spec": { "f:replicas": {} } };
const NOPEA = "nopea:shop/my-app";

function managed(...managedFields: readonly JsonObject[]): JsonObject {
  return { metadata: { managedFields } };
}

describe("autoscaled", () => {
  const through = (manager: string, subresource?: string) =>
    autoscaledFields(
      managed({ manager, fieldsV1: REPLICAS, ...(subresource && { subresource }) }),
    ).map(formatPath);

  test.each<[string, string, string | undefined, readonly string[]]>([
    ["an autoscaler through scale", "kube-controller-manager", "scale", ["spec.replicas"]],
    ["kubectl scale", "kubectl", "scale", []],
    ["kubectl by another of its names", "kubectl-scale", "scale", []],
    ["something else, not through scale", "keda", undefined, []],
    ["through another subresource", "keda", "status", []],
  ])("%s", (_, manager, subresource, expected) => {
    expect(through(manager, subresource)).toEqual(expected);
  });

  test("no managedFields at all: nothing", () => {
    expect(autoscaledFields({})).toEqual([]);
  });
});

describe("finished", () => {
  const job = (spec: JsonObject, ...conditions: readonly JsonObject[]): JsonObject => ({
    apiVersion: "batch/v1",
    kind: "Job",
    spec,
    status: { conditions },
  });
  const ttl = { ttlSecondsAfterFinished: 0 };

  test.each(["Complete", "Failed"])("%s, and removed by itself: finished", type => {
    expect(hasFinished(job(ttl, { type, status: "True" }))).toBe(true);
    expect(hasFinished(job(ttl, { type, status: "False" }))).toBe(false);
    expect(hasFinished(job({}, { type, status: "True" }))).toBe(false);
  });

  test("another condition, or another kind: not finished", () => {
    expect(hasFinished(job(ttl, { type: "Suspended", status: "True" }))).toBe(false);
    expect(vanishes({ ...job(ttl), kind: "CronJob" })).toBe(false);
    expect(vanishes({ ...job(ttl), apiVersion: "example.com/v1" })).toBe(false);
  });
});

describe("edits that nobody witnessed", () => {
  const change = (path: string) => ({ path, from: "3", to: "5" });
  const infer = (live: JsonObject | undefined, ...paths: readonly string[]) =>
    inferEdits({
      live,
      changes: paths.map(change),
      fieldManager: NOPEA,
      detectedAt: NOW,
      makeId: (at, what) => `${at} ${what}`,
    });

  test("written just now: the manager, and the time when it was seen", () => {
    const time = "2026-01-15T10:29:59Z";
    const live = managed({ manager: "kubectl-edit", fieldsV1: REPLICAS, time });
    expect(infer(live, "spec.replicas")).toMatchObject([
      { by: "unknown", manager: "kubectl-edit", at: NOW, verb: "UPDATE", source: "inferred" },
    ]);
  });

  test("written long ago: the time of the write", () => {
    const time = "2026-01-15T09:30:00Z";
    const live = managed({ manager: "x", fieldsV1: REPLICAS, time });
    expect(infer(live, "spec.replicas")[0]?.at).toBe(NOW - 3_600_000);
  });

  test("through the scale subresource: SCALE", () => {
    const live = managed({ manager: "kubectl", fieldsV1: REPLICAS, subresource: "scale" });
    expect(infer(live, "spec.replicas")[0]?.verb).toBe("SCALE");
  });

  test("removed, or ours: nobody's name", () => {
    const live = managed({ manager: NOPEA, fieldsV1: REPLICAS });
    const [edit] = infer(live, "spec.replicas");
    expect(edit).toMatchObject({ by: "unknown", changes: [{ path: "spec.replicas" }] });
    expect(edit).not.toHaveProperty("manager");
  });

  test("two writers: an edit each, the older first; the newer of two owners did it", () => {
    const paused = { "f:spec": { "f:paused": {}, "f:replicas": {} } };
    const live = managed(
      { manager: "new", fieldsV1: REPLICAS, time: "2026-01-15T09:30:00Z" },
      { manager: "old", fieldsV1: paused, time: "2026-01-15T08:30:00Z" },
    );
    const edits = infer(live, "spec.replicas", "spec.paused");
    expect(edits.map(({ manager, changes }) => [manager, changes[0]?.path])).toEqual([
      ["old", "spec.paused"],
      ["new", "spec.replicas"],
    ]);
  });

  test("the object is gone: one deletion", () => {
    expect(infer(undefined)).toMatchObject([{ verb: "DELETE", by: "unknown", changes: [] }]);
  });
});
