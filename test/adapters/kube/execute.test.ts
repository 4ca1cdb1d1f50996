/** Carrying out a plan while the API server goes away. */
import { describe, expect, test, vi } from "vitest";
import type { Kube } from "../../../src/adapters/kube/client";
import { createDiscovery } from "../../../src/adapters/kube/discovery";
import { execute } from "../../../src/adapters/kube/execute";
import { NopeaError } from "../../../src/model/errors";
import type { Desired } from "../../../src/model/manifest";
import type { StepOutcome } from "../../../src/model/outcome";
import type { Plan, Step } from "../../../src/model/plan";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;
const down = new NopeaError("cluster-unreachable", "connection refused");

/** What an API server answers to an apply, as far as it is read. */
const MADE = { metadata: { name: "made", namespace: "shop", uid: "u", resourceVersion: "1" } };

function desired(name: string): Desired {
  const kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
  const key = { group: "", kind: "ConfigMap", namespace: "shop", name };
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop" } };
  return { key, kind, manifest, digest: "d1", source: { file: "a.yaml", line: 1 } };
}

function stepOf(desired: Desired): Step {
  return { desired, manifest: desired.manifest, force: false, held: [] };
}

function planOf(...stages: readonly (readonly string[])[]): Plan {
  const steps = stages.map(stage => stage.map(name => stepOf(desired(name))));
  return { stages: steps, fieldManager: "nopea:shop/app", account: undefined, commit: "c1" };
}

/** Outcomes as they are told. */
async function run(kube: Kube, plan: Plan, until = signal): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const executing = { kube, discovery: createDiscovery(kube) };
  await execute(executing, plan, outcome => outcomes.push(outcome), until);
  return outcomes;
}

describe("one outcome a step", () => {
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);

  test("all is well", async () => {
    const { kube } = createFakeKube(() => ({ status: 201, body: MADE }));
    const outcomes = await run(kube, planOf(names, ["last"]));
    expect(outcomes.map(outcome => outcome.desired.key.name)).toEqual([...names, "last"]);
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["applied"]));
  });

  test("the server goes away: what is in flight fails, the rest is not tried, each is told once", async () => {
    const { kube, requests } = createFakeKube((_, count) => {
      if (count > 3) throw down;
      return { status: 201, body: MADE };
    });
    const outcomes = await run(kube, planOf(names, ["last"]));
    const told = outcomes.map(outcome => outcome.desired.key.name);
    expect(told.toSorted()).toEqual([...names, "last"].sort());
    expect(told.at(-1)).toBe("last");
    expect(outcomes.filter(({ result }) => result === "applied").length).toBe(3);
    expect(outcomes.at(-1)).toMatchObject({
      result: "failed",
      fault: { code: "cluster-unreachable", message: "connection refused" },
    });
    expect(requests.length).toBeLessThanOrEqual(3 + 16);
  });

  test("one that is refused: the others are tried", async () => {
    const { kube } = createFakeKube(({ path }) => ({
      ...(path.endsWith("/c7")
        ? { status: 422, body: { message: "no" } }
        : { status: 201, body: MADE }),
    }));
    const outcomes = await run(kube, planOf(names));
    const failed = outcomes.filter(({ result }) => result === "failed");
    expect(failed).toMatchObject([{ desired: { key: { name: "c7" } }, fault: { message: "no" } }]);
  });
});

test.each([503, 504])("the server of one group answers %i: only its objects fail", async status => {
  const kind = {
    apiVersion: "example.com/v1",
    kind: "Widget",
    plural: "widgets",
    namespaced: true,
  };
  const widget: Desired = {
    ...desired("w"),
    kind,
    key: { group: "example.com", kind: "Widget", namespace: "shop", name: "w" },
  };
  const { kube } = createFakeKube(({ path }) => ({
    status: path.includes("widgets") ? status : 201,
    body: MADE,
  }));
  const stages = [[stepOf(desired("c1")), stepOf(widget)], [stepOf(desired("c2"))]];
  const outcomes = await run(kube, { ...planOf(), stages });
  expect(outcomes).toMatchObject([
    { result: "applied" },
    { result: "failed", fault: { code: "kind-unavailable", message: `HTTP ${status}` } },
    { result: "applied" },
  ]);
});

test("503 for an object of the core group: the API server is away", async () => {
  const { kube, requests } = createFakeKube(() => ({ status: 503 }));
  const outcomes = await run(kube, planOf(["a"], ["b"]));
  expect(outcomes).toMatchObject(
    ["a", "b"].map(name => ({
      desired: { key: { name } },
      fault: { code: "cluster-unreachable" },
    })),
  );
  expect(requests.length).toBe(1);
});

test("aborted by a timeout while the last step is under way: rejects with it, no object is blamed", async () => {
  const life = new AbortController();
  const reason = new NopeaError("sync-timeout", "enough");
  const kube = async ({ signal: until }: { signal: AbortSignal }) => {
    life.abort(reason);
    await Promise.resolve();
    until.throwIfAborted();
    return { status: 201, body: MADE };
  };
  const attempt = run(kube, planOf(["only"]), life.signal);
  await expect(attempt).rejects.toBe(reason);
});

test("never more than sixteen at once, and a stage begins when the one before it has ended", async () => {
  let running = 0;
  let most = 0;
  const order: string[] = [];
  const plan = planOf(
    Array.from({ length: 40 }, (_, index) => `first-${index}`),
    ["second"],
  );
  const kube = async ({ path }: { path: string }) => {
    most = Math.max(most, ++running);
    await new Promise(resolve => setTimeout(resolve, 1));
    order.push(path.slice(path.lastIndexOf("/") + 1));
    running--;
    return { status: 201, body: MADE };
  };
  await run(kube, plan);
  expect(most).toBe(16);
  expect(order.at(-1)).toBe("second");
});

test("a step on an object: carries uid, resourceVersion, manager, force and the mark", async () => {
  const { kube, requests } = createFakeKube(() => ({
    body: { metadata: { ...MADE.metadata, resourceVersion: "8" } },
  }));
  const step = { ...stepOf(desired("a")), force: true, on: { uid: "u", resourceVersion: "7" } };
  const plan = { ...planOf(), stages: [[step]] };
  const outcomes = await run(kube, plan);
  expect(outcomes).toMatchObject([{ result: "applied", created: false, changed: true }]);
  const [request] = requests;
  expect(request).toMatchObject({
    method: "PATCH",
    path: "/api/v1/namespaces/shop/configmaps/a",
    query: { fieldManager: "nopea:shop/app", force: "true" },
  });
  expect(JSON.parse(request?.body ?? "")).toMatchObject({
    metadata: {
      uid: "u",
      resourceVersion: "7",
      annotations: { "nopea.io/applied": "v1:d1@c1" },
    },
  });
});

test("whole numbers beyond 2^53: sent digit by digit", async () => {
  const { kube, requests } = createFakeKube(() => ({ status: 201, body: MADE }));
  const one = desired("a");
  const manifest = { ...one.manifest, size: 9_007_199_254_740_993n };
  const plan = { ...planOf(), stages: [[stepOf({ ...one, manifest })]] };
  await run(kube, plan);
  expect(requests[0]?.body).toContain('"size":9007199254740993');
});

test("each outcome: told while others are still under way", async () => {
  let answer: () => void = () => undefined;
  const slow = new Promise<void>(resolve => (answer = resolve));
  const kube = async ({ path }: { path: string }) => {
    if (path.endsWith("/slow")) await slow;
    return { status: 201, body: MADE };
  };
  const told: string[] = [];
  const executing = { kube, discovery: createDiscovery(kube) };
  const tell = ({ desired: { key } }: StepOutcome) => told.push(key.name);
  const ended = execute(executing, planOf(["slow", "quick"], ["last"]), tell, signal);
  await vi.waitFor(() => expect(told).toEqual(["quick"]));
  answer();
  await ended;
  expect(told).toEqual(["quick", "slow", "last"]);
});

test("aborted: when it has rejected, nothing more is told", async () => {
  const life = new AbortController();
  const told: string[] = [];
  const answers: (() => void)[] = [];
  const kube = async ({ path }: { path: string }) => {
    await new Promise<void>(resolve => answers.push(resolve));
    if (path.endsWith("/breaks")) life.signal.throwIfAborted();
    return { status: 201, body: MADE };
  };
  const executing = { kube, discovery: createDiscovery(kube) };
  const tell = ({ desired: { key } }: StepOutcome) => told.push(key.name);
  const ended = execute(executing, planOf(["breaks", "late"]), tell, life.signal);
  let rejected = false;
  const noted = ended.catch(() => (rejected = true));
  await vi.waitFor(() => expect(answers.length).toBe(2));
  life.abort(new Error("enough"));
  answers[0]?.();
  await new Promise(resolve => setImmediate(resolve));
  expect([rejected, told]).toEqual([false, []]);
  answers[1]?.();
  await noted;
  expect([rejected, told]).toEqual([true, ["late"]]);
});
