/** Whose an object is, and what becomes of edits of it, as the admission process knows it. */
import { beforeEach, expect, test } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import type { RawRepository } from "../../src/model/git-repository";
import { ownerMarks } from "../../src/model/ownership";
import { createPolicies, type Policies } from "../../src/worker/policies";

const SPEC = { url: "https://git.example.com/a.git", branch: "main", interval: "5s" };

function raw(name: string, spec: RawRepository["spec"] = {}): RawRepository {
  return {
    metadata: { namespace: "shop", name, uid: `uid of ${name}` },
    spec: { ...SPEC, ...spec },
  };
}

const labels = (name: string, namespace = "shop") => ownerMarks({ namespace, name }, sha256).labels;

let policies: Policies;
beforeEach(() => {
  policies = createPolicies(sha256);
});

const known = (name: string) => policies.of(labels(name))?.id.name;

test("a repository: known by the labels of its objects, with what its spec says of edits", () => {
  const spec = { healPolicy: "manual", conflictPolicy: "live", suspend: true };
  policies.upsert(raw("a", { ...spec, healGracePeriod: "5m" }));
  expect(policies.of({ ...labels("a"), app: "api" })).toEqual({
    id: { namespace: "shop", name: "a", uid: "uid of a" },
    managing: {
      ...{ namespace: "shop", name: "a", healPolicy: "manual", graceMs: 300_000 },
      ...{ suspended: true, conflictPolicy: "live" },
    },
  });
});

test("no grace period in the spec: none", () => {
  policies.upsert(raw("a"));
  expect(policies.of(labels("a"))?.managing).not.toHaveProperty("graceMs");
});

test("a name that is too long for a label: known all the same", () => {
  const name = "a".repeat(200);
  policies.upsert(raw(name));
  expect(labels(name)["nopea.io/repository"]?.length).toBeLessThan(64);
  expect(known(name)).toBe(name);
});

test("another name, another namespace, half of the labels, or none: nobody's", () => {
  policies.upsert(raw("a"));
  const { "nopea.io/repository": name = "" } = labels("a");
  const others = [labels("b"), labels("a", "other"), { "nopea.io/repository": name }, {}];
  expect(others.map(of => policies.of(of))).toEqual(others.map(() => undefined));
});

test("a spec that changes: the newest counts; one that cannot be read: nothing is done by it", () => {
  policies.upsert(raw("a", { healPolicy: "auto" }));
  policies.upsert(raw("a", { healPolicy: "notify" }));
  expect(policies.of(labels("a"))?.managing?.healPolicy).toBe("notify");
  policies.upsert(raw("a", { healPolicy: "sometimes" }));
  expect(policies.of(labels("a"))).toMatchObject({ id: { name: "a" }, managing: undefined });
});

test("removed: no longer known; others are", () => {
  policies.upsert(raw("a"));
  policies.upsert(raw("b"));
  policies.remove(raw("a"));
  expect([known("a"), known("b")]).toEqual([undefined, "b"]);
});

test("a list: these and no others", () => {
  policies.upsert(raw("a"));
  policies.replace([raw("b"), raw("c")]);
  expect(["a", "b", "c"].map(known)).toEqual([undefined, "b", "c"]);
});

test("what has no identity: changes nothing", () => {
  policies.upsert(raw("a"));
  policies.upsert({ spec: SPEC });
  policies.remove({ metadata: { name: "a" } });
  expect(known("a")).toBe("a");
});
