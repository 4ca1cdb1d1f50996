/** What the mutating hook decides is taken once, and no bug in it stops anybody's write. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import type { JsonObject } from "../../src/model/json";
import { createGate, type GateOptions } from "../../src/worker/gate";
import { changed, MANAGING, seal } from "../support/admission";
import { DEPLOYMENT } from "../support/deeds";
import { createFakeClock } from "../support/fake-clock";

const PASS = { patch: [], warnings: [] };
const broken = new Error("a bug");
const breaks = () => {
  throw broken;
};

/** A gate, and what was told of its failures. */
function create(more: Partial<GateOptions> = {}) {
  const failures: unknown[] = [];
  const decided: string[] = [];
  const gate = createGate({
    clock: createFakeClock(),
    sha256,
    seal,
    showValues: () => "safe",
    repositoryOf: () => MANAGING,
    openFields: () => [],
    decided: (decision, seconds) => void decided.push(`${decision} ${seconds}`),
    stopwatch: () => () => 0.25,
    failed: (hook, error) => void failures.push([hook, error]),
    ...more,
  });
  return { gate, failures, decided };
}

/** larry edits what Git declares. */
const edit = (uid = "r-1"): JsonObject => ({
  uid,
  operation: "UPDATE",
  kind: { group: "apps", version: "v1", kind: "Deployment" },
  resource: { group: "apps", version: "v1", resource: "deployments" },
  namespace: "shop",
  name: "api",
  userInfo: { username: "larry" },
  object: changed(DEPLOYMENT, { spec: { replicas: 3 } }),
  oldObject: DEPLOYMENT,
});

describe("a request", () => {
  test("an edit of what Git declares: stamped and warned of, without a failure", () => {
    const { gate, failures } = create();
    gate.mutate(edit());
    const admission = gate.take("r-1");
    expect(JSON.stringify(admission?.patch)).toContain("larry");
    expect(admission?.warnings[0]).toMatch(/^spec.replicas is declared by .* undone in 5m/);
    expect(failures).toEqual([]);
  });

  test("counted by what was done, with how long it took; what is no request is not", () => {
    const { gate, decided } = create();
    gate.mutate(edit());
    gate.mutate({ ...edit("r-2"), object: edit().oldObject ?? null });
    gate.mutate("x");
    expect(decided).toEqual(["changed 0.25", "passed 0.25"]);
  });

  test("taken: nothing is left to take again", () => {
    const { gate } = create();
    gate.mutate(edit());
    expect(gate.take("r-1")).toBeDefined();
    expect(gate.take("r-1")).toBeUndefined();
  });

  test("of another uid: nothing was decided on it", () => {
    const { gate } = create();
    gate.mutate(edit("r-1"));
    expect(gate.take("r-2")).toBeUndefined();
    expect(gate.take("r-1")).toBeDefined();
  });

  test("two at once, taken in another order: each gets its own", () => {
    const { gate } = create();
    gate.mutate(edit("r-1"));
    gate.mutate({ ...edit("r-2"), userInfo: { username: "mary" } });
    expect(JSON.stringify(gate.take("r-2")?.patch)).toContain("mary");
    expect(JSON.stringify(gate.take("r-1")?.patch)).toContain("larry");
  });

  test("whose values may be seen changes: the next edit shows them so", () => {
    const shows = { values: "safe" as "safe" | "all" };
    const { gate } = create({ showValues: () => shows.values });
    const secret = (uid: string): JsonObject => {
      const fields = { "f:data": { "f:a": {} } };
      const entry = { manager: "nopea:shop/my-app", operation: "Apply", fieldsV1: fields };
      const metadata = { managedFields: [entry] };
      const before = changed(DEPLOYMENT, {
        kind: "ConfigMap",
        metadata,
        spec: null,
        data: { a: "before" },
      });
      const kind = { group: "", version: "v1", kind: "ConfigMap" };
      const object = changed(before, { data: { a: "after" } });
      return { ...edit(uid), kind, object, oldObject: before };
    };
    gate.mutate(secret("r-1"));
    shows.values = "all";
    gate.mutate(secret("r-2"));
    expect(JSON.stringify(gate.take("r-1"))).not.toContain("after");
    expect(JSON.stringify(gate.take("r-2"))).toContain("after");
  });
});

describe("a bug", () => {
  const clock = createFakeClock();
  const places: readonly (readonly [string, Partial<GateOptions>])[] = [
    ["repositoryOf", { repositoryOf: breaks }],
    ["openFields", { openFields: breaks }],
    ["seal", { seal: breaks }],
    ["sha256", { sha256: breaks }],
    ["showValues", { showValues: breaks }],
    ["clock.now", { clock: { ...clock, now: breaks } }],
    ["clock.rfc3339", { clock: { ...clock, rfc3339: breaks } }],
  ];

  test.each(places)("%s throws: told of, and the request passes as it is", (_, options) => {
    const { gate, failures } = create(options);
    gate.mutate(edit());
    expect(failures).toEqual([["mutate", broken]]);
    expect(gate.take("r-1")).toEqual(PASS);
    expect(gate.take("r-1")).toBeUndefined();
  });

  test("once: the next request is decided on again", () => {
    const state = { isBroken: true };
    const { gate, failures } = create({
      repositoryOf: () => (state.isBroken ? breaks() : MANAGING),
    });
    gate.mutate(edit("r-1"));
    state.isBroken = false;
    gate.mutate(edit("r-2"));
    expect(failures).toHaveLength(1);
    expect(gate.take("r-2")?.warnings).not.toEqual([]);
  });
});

describe("what is no request", () => {
  test.each([undefined, null, [], "x", 1, {}, { uid: "r-1" }])("%o: nothing to take", raw => {
    const { gate, failures } = create();
    gate.mutate(raw);
    expect(gate.take("r-1")).toBeUndefined();
    expect(failures).toEqual([]);
  });

  test("law: any JSON, alone or anywhere in a request: never a throw, and no failure", () => {
    const { gate, failures } = create();
    const parts = Object.keys(edit());
    const member = fc.constantFrom("metadata", "spec", "kind", "apiVersion");
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        member,
        fc.jsonValue({ maxDepth: 4 }),
        (part, name, value) => {
          const raw = edit();
          gate.mutate(value);
          gate.mutate({ ...raw, [part]: value });
          gate.mutate({ ...raw, object: { ...DEPLOYMENT, [name]: value } });
          gate.mutate({ ...raw, oldObject: { ...DEPLOYMENT, [name]: value } });
          expect(failures).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("answers that nobody takes", () => {
  const uids = Array.from({ length: 1001 }, (_, at) => `r-${at}`);

  test("1,000 wait, and one more: the oldest alone is gone", () => {
    const { gate } = create();
    for (const uid of uids) gate.mutate(edit(uid));
    const isThere = uids.map(uid => gate.take(uid) !== undefined);
    expect(isThere.indexOf(true)).toBe(1);
    expect(isThere.filter(there => there)).toHaveLength(1000);
  });
});
