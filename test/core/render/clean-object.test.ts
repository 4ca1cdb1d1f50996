import { describe, expect, it } from "vitest";
import { cleanObject } from "../../../src/core/render/clean-object";
import type { Json, JsonObject } from "../../../src/model/json";

describe("cleanObject", () => {
  it("an object exported from a cluster: what the server wrote is gone", () => {
    const exported = object({
      creationTimestamp: null,
      generation: 3,
      resourceVersion: "12",
      uid: "x",
      selfLink: "/x",
      managedFields: [{}],
      deletionTimestamp: "2026-01-01T00:00:00Z",
      deletionGracePeriodSeconds: 30,
    });
    const { manifest, notices } = cleanObject({
      ...exported,
      status: { phase: "x" },
      spec: { status: 1 },
    });
    expect(manifest).toEqual({
      apiVersion: "v1",
      kind: "A",
      metadata: { name: "a" },
      spec: { status: 1 },
    });
    expect(notices).toEqual([]);
  });

  it("kubectl's last-applied-configuration: gone, and the map with it when nothing else was in it", () => {
    const key = "kubectl.kubernetes.io/last-applied-configuration";
    expect(metadata({ annotations: { [key]: "{}" } })).toEqual({ name: "a" });
    expect(metadata({ annotations: { [key]: "{}", b: "c" } })).toEqual({
      name: "a",
      annotations: { b: "c" },
    });
  });

  it("empty labels that an author wrote: stay", () => {
    expect(metadata({ labels: {} })).toEqual({ name: "a", labels: {} });
  });

  it("null where a map or a text belongs: as an API server reads it", () => {
    expect(metadata({ labels: null, namespace: null, annotations: { a: null } })).toEqual({
      name: "a",
      annotations: { a: "" },
    });
  });

  it("an empty namespace: none", () => {
    expect(metadata({ namespace: "" })).toEqual({ name: "a" });
  });

  it("nopea's own names in Git: only those that are for Git stay, the others are noticed", () => {
    const { manifest, notices } = cleanObject(
      object({
        labels: { "nopea.io/repository": "x" },
        annotations: {
          "nopea.io/prune": "disabled",
          "nopea.io/ignore": "spec.replicas",
          "nopea.io/recreate": "enabled",
          "nopea.io/suspend-heal": "4h",
        },
      }),
    );
    expect(manifest.metadata).toEqual({
      name: "a",
      annotations: {
        "nopea.io/prune": "disabled",
        "nopea.io/ignore": "spec.replicas",
        "nopea.io/recreate": "enabled",
      },
    });
    expect(notices).toEqual([
      "the label nopea.io/repository does not count in Git and is left out",
      "the annotation nopea.io/suspend-heal does not count in Git and is left out",
    ]);
  });

  it("ownerReferences: stay, with a warning", () => {
    const ownerReferences = [{ apiVersion: "v1", kind: "B", name: "b", uid: "u" }];
    const { manifest, notices } = cleanObject(object({ ownerReferences }));
    expect(manifest.metadata.ownerReferences).toEqual(ownerReferences);
    expect(notices[0]).toContain("ownerReferences");
  });

  it("stringData of a Secret: becomes data and wins over it", () => {
    const secret = { ...object({}), kind: "Secret", data: { a: "eA==", b: "eQ==" } };
    const { manifest } = cleanObject({ ...secret, stringData: { b: "zoë", c: null } });
    expect(manifest).toEqual({ ...secret, data: { a: "eA==", b: "em/Dqw==", c: "" } });
  });

  it("stringData without anything in it: no data comes of it", () => {
    const secret = { ...object({}), kind: "Secret" };
    expect(cleanObject({ ...secret, stringData: {} }).manifest).toEqual(secret);
    expect(cleanObject({ ...secret, stringData: null, data: { a: null } }).manifest.data).toEqual({
      a: null,
    });
  });

  it("stringData of anything but a v1 Secret: left alone", () => {
    const other = { ...object({}), stringData: { a: "b" } };
    expect(cleanObject(other).manifest).toEqual(other);
  });
});

function object(fields: Record<string, Json>): JsonObject {
  return { apiVersion: "v1", kind: "A", metadata: { name: "a", ...fields } };
}

function metadata(fields: Record<string, Json>) {
  return cleanObject(object(fields)).manifest.metadata;
}
