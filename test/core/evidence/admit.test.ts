/** The mutating hook: every case of a write, on objects that a real API server made. */
import { describe, expect, test } from "vitest";
import { readEvidence } from "../../../src/core/evidence/read-evidence";
import type { JsonObject } from "../../../src/model/json";
import {
  answerTo,
  changed,
  knowing,
  NOPEA,
  NOW,
  requestOf,
  seal,
  verify,
} from "../../support/admission";
import { readObject } from "../../support/drift-case";

function recorded(name: string, file = "applied.yaml"): JsonObject {
  const object = readObject(name, file);
  if (object === undefined) throw new Error(`${name} has no ${file}`);
  return object;
}

const APPLIED = recorded("edit");
const EDITED = recorded("edit", "live.yaml");
const IMAGE = "spec.template.spec.containers[name=api].image";
const SECONDS = "2026-01-15T10:30:00Z";

const annotated = (object: JsonObject, annotations: JsonObject) =>
  changed(object, { metadata: { annotations } });
const nopeas = (annotations: Readonly<Record<string, string>>) =>
  Object.keys(annotations)
    .filter(name => name.startsWith("nopea.io/"))
    .map(name => name.slice(9))
    .sort();

const stampOf = (by = "larry") =>
  answerTo(requestOf(APPLIED, EDITED, { userInfo: { username: by } }));
const suspendedFor = (value: string, by = "larry") =>
  answerTo(
    requestOf(APPLIED, annotated(APPLIED, { "nopea.io/suspend-heal": value }), {
      userInfo: { username: by },
    }),
  );

describe("a person edits a managed object", () => {
  test("a declared field: stamped with who, when, how and what, and sealed", () => {
    const { object, stamp } = answerTo(requestOf(APPLIED, EDITED));
    expect(stamp).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-hjkmnp-tv-z]{26}$/) as string,
        by: "larry",
        groups: ["sre"],
        at: SECONDS,
        verb: "UPDATE",
        manager: "kubectl-edit",
        source: "admission",
        changes: [{ path: IMAGE, from: "registry.local/api:1.4", to: "registry.local/api:hotfix" }],
      },
    ]);
    expect(readEvidence(object, verify)).toMatchObject({
      edits: [{ by: "larry" }],
      unsealed: false,
    });
  });

  test("a field that Git does not declare: nothing", () => {
    const foreign = recorded("foreign-field-added");
    const request = requestOf(foreign, recorded("foreign-field-added", "live.yaml"));
    expect(answerTo(request)).toMatchObject({ patch: [], warnings: [] });
  });

  test("in a dry run: warned, and no stamp", () => {
    const answer = answerTo(requestOf(APPLIED, EDITED, { dryRun: true }));
    expect(answer.patch).toEqual([]);
    expect(answer.warnings).toHaveLength(2);
  });

  test.each(["system:node:n1", "system:kube-scheduler", "system:apiserver"])(
    "%s: no stamp and no warning",
    username => {
      const answer = answerTo(requestOf(APPLIED, EDITED, { userInfo: { username } }));
      expect(answer).toMatchObject({ patch: [], warnings: [] });
    },
  );

  test("without a key: no stamp", () => {
    const answer = answerTo(requestOf(APPLIED, EDITED), knowing({ seal: () => undefined }));
    expect(answer.patch).toEqual([]);
  });

  test("groups: ten at most, and none where there is only everybody's", () => {
    const groups = Array.from({ length: 12 }, (_, at) => `g${at}`);
    const many = answerTo(requestOf(APPLIED, EDITED, { userInfo: { username: "a", groups } }));
    expect(many.stamp).toMatchObject([{ groups: groups.slice(0, 10) }]);
    const none = answerTo(
      requestOf(APPLIED, EDITED, { userInfo: { username: "a", groups: ["system:authenticated"] } }),
    );
    expect(none.stamp).not.toHaveProperty("0.groups");
  });

  test("annotations of 200 KiB: no stamp", () => {
    const big = { big: "x".repeat(200 * 1024) };
    const answer = answerTo(requestOf(annotated(APPLIED, big), annotated(EDITED, big)));
    expect(answer.patch).toEqual([]);
  });

  test("managedFields were wiped by the very edit: stamped all the same", () => {
    const answer = answerTo(
      requestOf(
        recorded("wiped-managed-fields-and-edit"),
        recorded("wiped-managed-fields-and-edit", "live.yaml"),
      ),
    );
    expect(answer.stamp).toMatchObject([{ changes: [{ path: "spec.replicas" }] }]);
  });
});

describe("a second edit", () => {
  const first = stampOf().object;
  const again = (image: string): JsonObject => {
    const spec = JSON.stringify(first.spec).replace("registry.local/api:hotfix", image);
    return { ...first, spec: JSON.parse(spec) as JsonObject };
  };
  const byMary = (object: JsonObject) =>
    requestOf(first, object, { userInfo: { username: "mary" } });

  test("of a field that is no longer ours: appended, from what stood there", () => {
    expect(answerTo(byMary(again("api:2"))).stamp).toMatchObject([
      { by: "larry" },
      { by: "mary", changes: [{ path: IMAGE, from: "registry.local/api:hotfix", to: "api:2" }] },
    ]);
  });

  test("back to what it was: the stamp goes, its seal too, and nobody is warned", () => {
    const answer = answerTo(byMary(again("registry.local/api:1.4")));
    expect(nopeas(answer.annotations)).toEqual(["applied"]);
    expect(answer.warnings).toEqual([]);
  });

  test("back, and another field edited: both are told", () => {
    const object = changed(again("registry.local/api:1.4"), { spec: { replicas: 7 } });
    expect(answerTo(byMary(object)).stamp).toMatchObject([
      { by: "larry" },
      { by: "mary", changes: [{ path: "spec.replicas" }, { path: IMAGE }] },
    ]);
  });

  test("an old stamp that nobody sealed counts as absent", () => {
    const forged = annotated(first, { "nopea.io/seal": "x" });
    const answer = answerTo(requestOf(forged, changed(forged, { spec: { replicas: 7 } })));
    expect(answer.stamp).toMatchObject([{ by: "larry", changes: [{ path: "spec.replicas" }] }]);
  });

  test("the sixth: the newest five are kept", () => {
    let object = APPLIED;
    for (let replicas = 3; replicas < 9; replicas += 1) {
      const request = requestOf(object, changed(object, { spec: { replicas } }));
      object = answerTo(request, knowing()).object;
    }
    const { edits } = readEvidence(object, verify);
    expect(edits.map(({ changes }) => changes[0]?.to)).toEqual(["4", "5", "6", "7", "8"]);
  });
});

describe("nopea writes", () => {
  const edited = stampOf().object;
  const ours = { userInfo: NOPEA };

  test("after an edit: stamp and seal go", () => {
    expect(nopeas(answerTo(requestOf(edited, edited, ours)).annotations)).toEqual(["applied"]);
  });

  test("as a tenant's account: the same", () => {
    const userInfo = {
      username: "system:serviceaccount:shop:deployer",
      extra: { "nopea.io/writer": ["1"] },
    };
    expect(nopeas(answerTo(requestOf(edited, edited, { userInfo })).annotations)).toEqual([
      "applied",
    ]);
  });

  test("a suspended object: who suspended it stays, sealed anew", () => {
    const suspended = suspendedFor("4h").object;
    const both = answerTo(
      requestOf(suspended, changed(suspended, { spec: { replicas: 9 } })),
    ).object;
    const { object, annotations } = answerTo(requestOf(both, both, ours));
    expect(annotations).not.toHaveProperty("nopea.io/manual-edit");
    expect(readEvidence(object, verify)).toMatchObject({
      suspension: { by: "larry" },
      unsealed: false,
    });
  });

  test("the end of a suspension: its companions go", () => {
    const suspended = suspendedFor("4h").object;
    const ended = annotated(suspended, { "nopea.io/suspend-heal": null });
    expect(nopeas(answerTo(requestOf(suspended, ended, ours)).annotations)).toEqual(["applied"]);
  });

  test("its own marks: as it wants them", () => {
    const { applied } = { applied: { "nopea.io/applied": "v1:00@11" } };
    expect(answerTo(requestOf(APPLIED, annotated(APPLIED, applied), ours)).patch).toEqual([]);
    expect(answerTo(requestOf(undefined, APPLIED, ours)).patch).toEqual([]);
  });
});

describe("what nopea does not manage", () => {
  const marks = {
    labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop", app: "a" },
    annotations: { "nopea.io/suspend-heal": "4h", "nopea.io/prune": "disabled", other: "x" },
  };
  const thing = (metadata: JsonObject): JsonObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "it", namespace: "shop", ...metadata },
  });

  test("created with our labels: they go, people's own annotations stay", () => {
    const answer = answerTo(requestOf(undefined, thing(marks)));
    expect(answer.labels).toEqual({ app: "a" });
    expect(nopeas(answer.annotations)).toEqual(["prune", "suspend-heal"]);
    expect(answer.warnings).toHaveLength(1);
  });

  test("created as a copy of a managed object: every name of nopea's goes", () => {
    const copy = changed(thing(marks), {
      metadata: { annotations: { "nopea.io/applied": "v1:0a@1b" } },
    });
    const answer = answerTo(requestOf(undefined, copy));
    expect(answer.annotations).toEqual({ other: "x" });
    expect(answer.labels).toEqual({ app: "a" });
  });

  test("labelled by hand: the same", () => {
    const answer = answerTo(requestOf(thing({}), thing(marks)));
    expect(answer.labels).toEqual({ app: "a" });
    expect(answer.stamp).toBeUndefined();
  });

  test("a person suspends it: their business, and nothing is stamped", () => {
    const request = requestOf(thing({}), thing({ annotations: { "nopea.io/suspend-heal": "4h" } }));
    expect(answerTo(request)).toMatchObject({ patch: [], warnings: [] });
  });
});

describe("a copy is not a command", () => {
  test("a rollout undo that revives a suspension and an old digest: all is put back, the edit stamped", () => {
    const old = annotated(EDITED, {
      "nopea.io/applied": "v1:00@11",
      "nopea.io/suspend-heal": "true",
      "nopea.io/suspend-heal-by": "mary",
    });
    const answer = answerTo(requestOf(APPLIED, old));
    expect(nopeas(answer.annotations)).toEqual(["applied", "manual-edit", "seal"]);
    expect(answer.annotations["nopea.io/applied"]).toMatch(/^v1:0a1b2c@/);
    expect(answer.stamp).toMatchObject([{ by: "larry", changes: [{ path: IMAGE }] }]);
    expect(answer.warnings[0]).toMatch(/kept as they were/);
  });

  test("a rollout undo that loses a suspension just set: it is put back", () => {
    const suspended = suspendedFor("4h").object;
    const answer = answerTo(requestOf(suspended, EDITED));
    expect(answer.annotations["nopea.io/suspend-heal"]).toBe("4h");
    expect(readEvidence(answer.object, verify)).toMatchObject({
      edits: [{ by: "larry" }],
      suspension: { by: "larry" },
    });
  });

  test("kubectl replace without any name of nopea's: all is put back", () => {
    const bare = changed(APPLIED, {
      metadata: {
        labels: { "nopea.io/repository": null, "nopea.io/repository-namespace": null },
        annotations: null,
      },
    });
    const answer = answerTo(requestOf(APPLIED, bare));
    expect(answer.labels).toMatchObject({ "nopea.io/repository": "my-app" });
    expect(nopeas(answer.annotations)).toEqual(["applied"]);
    expect(answer.stamp).toBeUndefined();
  });

  test.each(["manual-edit", "suspend-heal-by", "suspend-heal-at", "suspend-heal-until", "seal"])(
    "a forged %s: gone",
    name => {
      const forged = annotated(APPLIED, { [`nopea.io/${name}`]: "mallory" });
      expect(nopeas(answerTo(requestOf(APPLIED, forged)).annotations)).toEqual(["applied"]);
    },
  );

  test("a forged one that was stored while the hook was away: gone with the next write", () => {
    const forged = annotated(APPLIED, { "nopea.io/suspend-heal-by": "mallory" });
    expect(nopeas(answerTo(requestOf(forged, forged)).annotations)).toEqual(["applied"]);
  });

  test("the stamp taken off by hand: put back", () => {
    const edited = stampOf().object;
    const answer = answerTo(requestOf(edited, annotated(edited, { "nopea.io/manual-edit": null })));
    expect(answer.stamp).toMatchObject([{ by: "larry" }]);
    expect(readEvidence(answer.object, verify).unsealed).toBe(false);
  });

  test("by the control plane: put back, too", () => {
    const forged = annotated(APPLIED, { "nopea.io/applied": "v1:00@11" });
    const userInfo = { username: "system:serviceaccount:kube-system:x" };
    const answer = answerTo(requestOf(APPLIED, forged, { userInfo }));
    expect(answer.object).toEqual(APPLIED);
    expect(answer.warnings).toEqual([]);
  });
});

describe("our labels", () => {
  test.each([null, "other"])("set to %o: put back, with a warning, and no drift", value => {
    const object = changed(APPLIED, { metadata: { labels: { "nopea.io/repository": value } } });
    const answer = answerTo(requestOf(APPLIED, object));
    expect(answer.object).toEqual(APPLIED);
    expect(answer.warnings).toEqual([
      "nopea.io labels were kept as they were: they say which GitRepository manages the object.",
    ]);
  });
});

describe("break-glass", () => {
  test("4h: who, when, until when, sealed", () => {
    const { annotations, object } = suspendedFor("4h");
    expect(annotations).toMatchObject({
      "nopea.io/suspend-heal": "4h",
      "nopea.io/suspend-heal-by": "larry",
      "nopea.io/suspend-heal-at": SECONDS,
      "nopea.io/suspend-heal-until": "2026-01-15T14:30:00Z",
    });
    expect(readEvidence(object, verify).suspension).toEqual({
      by: "larry",
      at: NOW - 250,
      until: NOW - 250 + 4 * 3_600_000,
    });
  });

  test.each([
    ["true", undefined],
    ["2026-01-15T12:00:00.5+01:00", "2026-01-15T11:00:01Z"],
    [`${"9".repeat(400)}h`, "9999-12-31T23:59:59Z"],
  ])("%s: until %s", (value, until) => {
    const { annotations, object } = suspendedFor(value);
    expect(annotations["nopea.io/suspend-heal-until"]).toBe(until);
    expect(readEvidence(object, verify).suspension?.by).toBe("larry");
  });

  test.each(["", "false", "soon", "0s", "2020-01-01T00:00:00Z"])(
    "%o suspends nothing: no companions, and what would is named",
    value => {
      const answer = suspendedFor(value);
      expect(nopeas(answer.annotations)).toEqual(["applied", "suspend-heal"]);
      expect(answer.warnings).toHaveLength(1);
      expect(answer.warnings[0]).toContain("suspends nothing. What does: true");
    },
  );

  test("set by one, left as it is by another: it stays the first one's", () => {
    const before = suspendedFor("4h").object;
    const request = requestOf(before, changed(before, { spec: { replicas: 4 } }), {
      userInfo: { username: "mary" },
    });
    const { object } = answerTo(request, knowing({ now: NOW + 60_000 }));
    expect(readEvidence(object, verify)).toMatchObject({
      edits: [{ by: "mary" }],
      suspension: { by: "larry", at: NOW - 250 },
    });
  });

  test("changed by another: it is theirs, from now", () => {
    const before = suspendedFor("4h").object;
    const request = requestOf(before, annotated(before, { "nopea.io/suspend-heal": "true" }), {
      userInfo: { username: "mary" },
    });
    const { object } = answerTo(request, knowing({ now: NOW + 60_000 }));
    expect(readEvidence(object, verify).suspension).toEqual({ by: "mary", at: NOW - 250 + 60_000 });
  });

  test("removed: its companions go, the stamp stays", () => {
    const before = answerTo(
      requestOf(APPLIED, annotated(EDITED, { "nopea.io/suspend-heal": "4h" })),
    ).object;
    const after = annotated(before, { "nopea.io/suspend-heal": null });
    const answer = answerTo(requestOf(before, after));
    expect(nopeas(answer.annotations)).toEqual(["applied", "manual-edit", "seal"]);
    expect(readEvidence(answer.object, verify).edits).toHaveLength(1);
  });

  test("in a dry run, or without a key: no companions", () => {
    const request = (more: JsonObject) =>
      requestOf(APPLIED, annotated(APPLIED, { "nopea.io/suspend-heal": "4h" }), more);
    expect(answerTo(request({ dryRun: true })).patch).toEqual([]);
    expect(answerTo(request({}), knowing({ seal: () => undefined })).patch).toEqual([]);
  });
});

describe("what is no write of an object", () => {
  test.each([
    { subResource: "status" },
    { subResource: "scale" },
    { operation: "DELETE" },
    { operation: "CONNECT" },
    { object: null },
    { oldObject: null },
  ])("%o: nothing", more => {
    const request = requestOf(APPLIED, EDITED, more);
    expect(answerTo(request)).toMatchObject({ patch: [], warnings: [] });
  });
});

describe("what Git leaves to others", () => {
  const ignored = annotated(APPLIED, { "nopea.io/ignore": "spec.template" });

  test("declared in Git: no stamp", () => {
    const text = JSON.stringify(ignored).replace(
      '"f:nopea.io/applied":{}',
      '"f:nopea.io/applied":{},"f:nopea.io/ignore":{}',
    );
    const declared = JSON.parse(text) as JsonObject;
    const request = requestOf(declared, { ...EDITED, metadata: declared.metadata ?? {} });
    expect(answerTo(request)).toMatchObject({ patch: [], warnings: [] });
  });

  test("written on the object by hand: it hides nothing", () => {
    const edited = annotated(EDITED, { "nopea.io/ignore": "spec.template" });
    expect(answerTo(requestOf(ignored, edited)).stamp).toMatchObject([{ by: "larry" }]);
  });
});

test("a seal of another object's: worth nothing", () => {
  const edited = changed(stampOf().object, { metadata: { uid: "another" } });
  expect(readEvidence(edited, verify)).toEqual({
    edits: [],
    suspension: undefined,
    unsealed: true,
  });
  expect(seal("a")).not.toBe(seal("b"));
});
