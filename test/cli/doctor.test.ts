/** The judgements of `nopea doctor` and the comparison of `nopea diff`, as functions of values. */
import { describe, expect, it } from "vitest";
import { compare, pathText } from "../../src/cli/diff/compare";
import { missingFields } from "../../src/cli/doctor/check-definitions";
import { certificateFinding } from "../../src/cli/doctor/check-hooks";
import { judge } from "../../src/cli/doctor/check-repositories";
import { createAuthority } from "../../src/local/certificates";

const DAY = 86_400_000;
const NOW = Date.parse("2026-01-15T10:00:00Z");

describe("certificates", () => {
  const pem = Buffer.from(createAuthority().cert).toString("base64");
  const found = (now: number) => certificateFinding("c", pem, now);
  const end = Date.parse(/good until (\S+),/.exec(found(Date.now()).message)?.[1] ?? "");

  it("ok, then a warning within 30 days, then a problem", () => {
    expect([found(end - 60 * DAY), found(end - 20 * DAY), found(end + 2 * DAY)]).toMatchObject([
      { severity: "ok" },
      { severity: "warning" },
      { severity: "problem", message: expect.stringContaining("expired on") as string },
    ]);
  });

  it("what is no certificate: a problem", () => {
    expect(certificateFinding("c", "bm9uZQ==", NOW).severity).toBe("problem");
    expect(certificateFinding("c", undefined, NOW).severity).toBe("problem");
  });
});

it("a definition of another version: the fields that it lacks, topmost", () => {
  const schema = (properties: object) => ({ properties: { spec: { properties } } }) as never;
  const wanted = schema({ a: { type: "string" }, b: { properties: { c: {} } } });
  expect(missingFields(wanted, schema({ b: { properties: {} } }), "")).toEqual([
    "spec.a",
    "spec.b.c",
  ]);
  expect(missingFields(wanted, wanted, "")).toEqual([]);
});

describe("GitRepositories", () => {
  const metadata = { namespace: "shop", name: "my-app" };
  const watched = { now: NOW, isWatched: true };

  it("in order: nothing to say", () => {
    expect(judge({ metadata, status: { phase: "Synced" } }, watched)).toEqual([]);
  });

  it("failed since Git is away: a problem, with the reason", () => {
    const ready = {
      type: "Ready" as const,
      status: "False" as const,
      reason: "GitUnreachable",
      message: "no route",
      lastTransitionTime: "",
      observedGeneration: 1,
    };
    const status = { phase: "Failed" as const, conditions: [ready] };
    expect(judge({ metadata, status }, watched)).toMatchObject([
      { severity: "problem", message: "Failed (Git, as nopea reaches it): no route" },
    ]);
  });

  it("a finalizer: a problem only while no watcher runs", () => {
    const finalized = { metadata: { ...metadata, finalizers: ["nopea.io/delete-objects"] } };
    expect(judge(finalized, watched)).toEqual([]);
    expect(judge(finalized, { now: NOW, isWatched: false })).toMatchObject([
      { severity: "problem" },
    ]);
  });

  it("suspended for more than a day: a warning", () => {
    const of = (at: string) => ({ object: "Deployment.apps/shop/api", by: "larry", at });
    const suspended = [of("2026-01-15T09:00:00Z"), of("2026-01-13T09:00:00Z")];
    const found = judge({ metadata, status: { suspended } }, watched);
    expect(found).toMatchObject([{ severity: "warning" }]);
    expect(found[0]?.message).toContain("since 2026-01-13");
  });
});

describe("compare", () => {
  const paths = (before: object, after: object) =>
    compare(before as never, after as never).map(pathText);

  it("bookkeeping, status and nopea's own marks: no differences", () => {
    const before = {
      metadata: { name: "a", resourceVersion: "1", managedFields: [], generation: 1 },
      status: { phase: "Old" },
    };
    const marks = { "nopea.io/repository": "my-app" };
    const after = {
      metadata: { name: "a", resourceVersion: "2", labels: marks, annotations: marks },
      status: {},
    };
    expect(paths(before, after)).toEqual([]);
  });

  it("items of keyed lists: found by their keys, wherever they stand", () => {
    const list = (...names: readonly string[]) => ({
      spec: { containers: names.map(name => ({ name, image: name === "b" ? names[0] : "x" })) },
    });
    expect(paths(list("a", "b"), list("c", "b"))).toEqual([
      "spec.containers[name=a]",
      "spec.containers[name=b].image",
      "spec.containers[name=c]",
    ]);
  });

  it("lists of texts: as a whole; others: by their place", () => {
    const of = (args: readonly unknown[]) => ({ spec: { args } });
    expect(paths(of(["a"]), of(["a", "b"]))).toEqual(["spec.args"]);
    expect(paths(of([{ x: 1 }, { x: 2 }]), of([{ x: 1 }, { x: 3 }]))).toEqual(["spec.args[1].x"]);
  });
});
