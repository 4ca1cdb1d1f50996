/** A step with a patch before its apply: what is sent, and what comes of every answer. */
import { describe, expect, test } from "vitest";
import { apply } from "../../../src/adapters/kube/apply";
import type { KubeAnswer } from "../../../src/adapters/kube/client";
import type { Step } from "../../../src/model/plan";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;
const metadata = { name: "it", namespace: "shop" };
const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "declared" } };
const step: Step = {
  desired: {
    key: { group: "", kind: "ConfigMap", namespace: "shop", name: "it" },
    kind: { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true },
    manifest,
    digest: "d1",
    source: { file: "a.yaml", line: 1 },
  },
  manifest: { ...manifest, data: { a: "held" } },
  force: true,
  held: [],
  on: { uid: "u1", resourceVersion: "7" },
  replace: [{ op: "add", path: "/data/big", value: 9007199254740993n }],
};

function answer(resourceVersion: string, status = 200): Partial<KubeAnswer> {
  return { status, body: { ...manifest, metadata: { ...metadata, uid: "u1", resourceVersion } } };
}

/** Plays these answers; the last one is for all that follow. */
async function play(sent: Step, ...answers: readonly Partial<KubeAnswer>[]) {
  const { kube, requests } = createFakeKube((_, count) => answers[count - 1] ?? answers.at(-1));
  const outcome = await apply(kube, sent, { fieldManager: "nopea:shop/app", commit: "c1" }, signal);
  return { outcome, requests };
}

describe("a patch before the apply", () => {
  test("is sent on uid and resourceVersion, under our name; the apply on what it was answered", async () => {
    const { outcome, requests } = await play(step, answer("8"), answer("9"));
    expect(requests[0]).toMatchObject({
      method: "PATCH",
      path: "/api/v1/namespaces/shop/configmaps/it",
      query: { fieldManager: "nopea:shop/app" },
      contentType: "application/json-patch+json",
    });
    expect(requests[0]?.body).toBe(
      '[{"op":"test","path":"/metadata/uid","value":"u1"},' +
        '{"op":"test","path":"/metadata/resourceVersion","value":"7"},' +
        '{"op":"add","path":"/data/big","value":9007199254740993}]',
    );
    expect(JSON.parse(requests[1]?.body ?? "")).toMatchObject({
      metadata: { uid: "u1", resourceVersion: "8" },
      data: { a: "held" },
    });
    expect(outcome).toMatchObject({ result: "applied", created: false, changed: true });
  });

  test("that changed what the apply leaves as it is: still a change", async () => {
    const { outcome } = await play(step, answer("8"), answer("8"));
    expect(outcome).toMatchObject({ result: "applied", changed: true });
  });

  test.each([
    { title: "its test failed", patched: { status: 422, body: { reason: "Invalid" } } },
    { title: "the object is gone", patched: { status: 404 } },
    { title: "a conflict", patched: { status: 409 } },
  ])("$title: stale, and no apply", async ({ patched }) => {
    const { outcome, requests } = await play(step, patched);
    expect(outcome).toEqual({ result: "stale", desired: step.desired });
    expect(requests).toHaveLength(1);
  });

  test.each([
    { title: "invalid", status: 422, code: "object-refused" },
    { title: "forbidden", status: 403, code: "object-forbidden" },
  ])("$title: failed, and no apply", async ({ status, code }) => {
    const body = { message: "no", details: { causes: [{ field: "spec" }] } };
    const { outcome, requests } = await play(step, { status, body });
    expect(outcome).toMatchObject({ result: "failed", fault: { code, message: "no" } });
    expect(requests).toHaveLength(1);
  });
});

describe("an apply alone", () => {
  const { replace: _, ...plain } = step;

  test.each([
    { title: "nothing to patch", sent: { ...plain, replace: [] } },
    { title: "a patch that was decided on nothing", sent: { ...step, on: undefined } },
  ])("$title: one request", async ({ sent }) => {
    const { requests } = await play(sent as Step, answer("7"));
    expect(requests.map(({ contentType }) => contentType)).toEqual([
      "application/apply-patch+yaml",
    ]);
  });

  test("the object as it was: unchanged, and told as it is", async () => {
    const { outcome } = await play(plain, answer("7"));
    const live = { uid: "u1", resourceVersion: "7" };
    expect(outcome).toMatchObject({
      result: "applied",
      changed: false,
      sighting: { live, object: { data: { a: "declared" } } },
    });
  });

  test("an answer that is no object: nothing is taken for applied", async () => {
    const { outcome } = await play(plain, { status: 200, body: {} });
    expect(outcome).toMatchObject({ result: "failed", fault: { code: "cluster-unreachable" } });
  });
});
