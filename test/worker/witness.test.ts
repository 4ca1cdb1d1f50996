/** Who deletes or scales what is managed: word of it is left before it happens, and nothing holds the request up. */
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import type { RepositoryId } from "../../src/model/git-repository";
import type { JsonObject } from "../../src/model/json";
import type { Testimony } from "../../src/model/testimony";
import type { Testimonies } from "../../src/ports";
import { createPolicies } from "../../src/worker/policies";
import { createWitness, type WitnessOptions } from "../../src/worker/witness";
import { changed, NOPEA, NOW } from "../support/admission";
import { deletion, DEPLOYMENT, scaling, UNDECLARED } from "../support/deeds";
import { createFakeClock } from "../support/fake-clock";

const broken = new Error("no answer from the API server");
/** As undici does: for ever, until the signal says otherwise. */
const never = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });

interface Asked extends Partial<Testimonies> {
  readonly spec?: JsonObject;
  /** The object as it is stored; undefined: it is not there. */
  readonly stored?: JsonObject | undefined;
}

function create(asked: Asked = {}, more: Partial<WitnessOptions> = {}) {
  const written: [RepositoryId, Testimony][] = [];
  const targets: unknown[] = [];
  const failures: unknown[] = [];
  const patience = new AbortController();
  const stored = "stored" in asked ? asked.stored : DEPLOYMENT;
  const port: Testimonies = {
    target(of) {
      targets.push(of);
      return Promise.resolve(stored);
    },
    write(repository, testimony) {
      written.push([repository, testimony]);
      return Promise.resolve();
    },
    ...asked,
  };
  const policies = createPolicies(sha256);
  policies.upsert({
    metadata: { name: "my-app", namespace: "shop", uid: "repo-1" },
    spec: asked.spec ?? { url: "https://git.test/a", healPolicy: "auto", healGracePeriod: "5m" },
  });
  const decided: string[] = [];
  const witness = createWitness({
    testimonies: () => port,
    policies,
    openFields: () => [],
    patience: () => patience.signal,
    clock: createFakeClock(NOW),
    sha256,
    showValues: () => "safe",
    decided: (decision, seconds) => void decided.push(`${decision} ${seconds}`),
    stopwatch: () => () => 0.25,
    failed: (hook, error) => void failures.push([hook, error]),
    ...more,
  });
  return { witness, written, targets, failures, patience, decided };
}

const without = (name: string) => changed(DEPLOYMENT, { metadata: { [name]: null } });
const labelled = (labels: JsonObject) => changed(DEPLOYMENT, { metadata: { labels } });
const TERMINATING = changed(DEPLOYMENT, {
  metadata: { deletionTimestamp: "2026-01-15T10:29:00Z" },
});
const BY_NOPEA = { userInfo: NOPEA };
const BY_SYSTEM = { userInfo: { username: "system:serviceaccount:kube-system:x" } };

describe("somebody deletes a managed object", () => {
  test("word of it is left with its GitRepository, once, and whoever deletes is warned", async () => {
    const { witness, written, failures, decided } = create();
    expect(await witness(deletion())).toEqual([
      "Deployment api is declared by GitRepository shop/my-app: it will be made anew in 5m, at 2026-01-15T10:35:01Z.",
      "To have it gone for good, remove it from Git.",
    ]);
    expect(written).toMatchObject([
      [
        { namespace: "shop", name: "my-app", uid: "repo-1" },
        { uid: "u-1", edit: { by: "larry", verb: "DELETE", at: NOW, changes: [] } },
      ],
    ]);
    expect(failures).toEqual([]);
    expect(decided).toEqual(["recorded 0.25"]);
  });

  test("it is left before whoever deletes hears: the request waits for it", async () => {
    const order: string[] = [];
    const write = async () => {
      await Promise.resolve();
      order.push("written");
    };
    const { witness } = create({ write });
    await witness(deletion());
    order.push("answered");
    expect(order).toEqual(["written", "answered"]);
  });

  test("the request shows the object: nobody is asked for it", async () => {
    const { witness, targets } = create();
    await witness(deletion());
    expect(targets).toEqual([]);
  });

  test("of a GitRepository that nobody can read: word is left, and nothing promised", async () => {
    const { witness, written } = create({ spec: { healPolicy: "sometimes" } });
    expect(await witness(deletion())).toEqual([]);
    expect(written).toHaveLength(1);
  });
});

describe("nothing is left", () => {
  test.each<readonly [string, JsonObject]>([
    ["nopea deletes", deletion(BY_NOPEA)],
    ["the control plane deletes", deletion(BY_SYSTEM)],
    ["nopea scales", scaling(2, 3, BY_NOPEA)],
    ["the control plane scales", scaling(2, 3, BY_SYSTEM)],
    ["a dry run of a deletion", deletion({ dryRun: true })],
    ["a dry run of a scaling", scaling(2, 3, { dryRun: true })],
    ["an object without labels", deletion({}, without("labels"))],
    ["a repository that nobody knows", deletion({}, labelled({ "nopea.io/repository": "other" }))],
    ["one of another namespace", deletion({}, labelled({ "nopea.io/repository-namespace": "x" }))],
    ["terminating already", deletion({}, TERMINATING)],
    ["an object without uid", deletion({}, without("uid"))],
    ["a deletion that does not show the object", deletion({ oldObject: null })],
    ["another subresource is deleted", deletion({ subResource: "x" })],
    ["another subresource is written", scaling(2, 3, { subResource: "status" })],
    ["the object itself is written", scaling(2, 3, { subResource: "" })],
    ["scaled to the number that it has", scaling(2, 2)],
    ["what is no request", { uid: 1 }],
  ])("%s: no word and no warning, and it is no failure", async (_, request) => {
    const { witness, written, failures } = create();
    expect(await witness(request)).toEqual([]);
    expect(written).toEqual([]);
    expect(failures).toEqual([]);
  });

  test("there is no way to the API server yet: no warning, and no failure", async () => {
    const { witness, failures } = create({}, { testimonies: () => undefined });
    expect(await witness(deletion())).toEqual([]);
    expect(await witness(scaling(2, 3))).toEqual([]);
    expect(failures).toEqual([]);
  });
});

describe("somebody scales", () => {
  test("the object is asked for, word is left of both numbers, and whoever scales is warned", async () => {
    const { witness, written, targets } = create();
    const warnings = await witness(scaling(2, 3));
    expect(targets).toMatchObject([
      { resource: { group: "apps", version: "v1", plural: "deployments" }, name: "api" },
    ]);
    expect(written.map(([, { edit }]) => edit)).toMatchObject([
      { verb: "SCALE", by: "larry", changes: [{ path: "spec.replicas", from: "2", to: "3" }] },
    ]);
    expect(warnings[0]).toBe(
      "spec.replicas is declared by GitRepository shop/my-app: your edit will be undone in 5m, at 2026-01-15T10:35:01Z.",
    );
  });

  test.each<readonly [string, JsonObject | undefined]>([
    ["whose replicas Git leaves to others", UNDECLARED],
    ["that is terminating", TERMINATING],
    ["that nobody manages", without("labels")],
    ["that is not there", undefined],
  ])("an object %s: no word", async (_, stored) => {
    const { witness, written, failures } = create({ stored });
    expect(await witness(scaling(2, 3))).toEqual([]);
    expect(written).toEqual([]);
    expect(failures).toEqual([]);
  });
});

describe("the API server", () => {
  const rejects = () => Promise.reject(broken);

  test.each<readonly [string, Asked, JsonObject]>([
    ["does not take the word", { write: rejects }, deletion()],
    ["does not take the word of a scaling", { write: rejects }, scaling(2, 3)],
    ["does not show the object", { target: rejects }, scaling(2, 3)],
  ])("%s: told of, and the request passes without a warning", async (_, asked, request) => {
    const { witness, failures } = create(asked);
    expect(await witness(request)).toEqual([]);
    expect(failures).toEqual([["witness", broken]]);
  });

  test.each<readonly [string, Asked, JsonObject]>([
    ["takes the word", { write: (...[, , signal]) => never(signal) }, deletion()],
    ["shows the object", { target: (_, signal) => never(signal) }, scaling(2, 3)],
  ])("never %s: whoever waits has patience for so long, then passes", async (_, asked, request) => {
    const { witness, failures, patience } = create(asked);
    const state = { isAnswered: false };
    const answer = witness(request).finally(() => (state.isAnswered = true));
    await createFakeClock().settle();
    expect(state.isAnswered).toBe(false);
    patience.abort(broken);
    expect(await answer).toEqual([]);
    expect(failures).toEqual([["witness", broken]]);
  });

  test("one patience for both questions: a slow object leaves the word what is left of it", async () => {
    const signals: AbortSignal[] = [];
    const { witness } = create({
      target(_, signal) {
        signals.push(signal);
        return Promise.resolve(DEPLOYMENT);
      },
      write(...[, , signal]) {
        signals.push(signal);
        return Promise.resolve();
      },
    });
    await witness(scaling(2, 3));
    expect(signals).toHaveLength(2);
    expect(signals[0]).toBe(signals[1]);
  });
});
