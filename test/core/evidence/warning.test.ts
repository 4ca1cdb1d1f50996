/** What kubectl prints to whoever edits. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Managing } from "../../../src/core/evidence/knowing";
import type { JsonObject } from "../../../src/model/json";
import { answerTo, changed, knowing, MANAGING, NOW, requestOf } from "../../support/admission";

const BEFORE: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "api",
    namespace: "shop",
    uid: "u-1",
    labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
    annotations: { "nopea.io/applied": "v1:0a@1b" },
    managedFields: [
      {
        manager: "nopea:shop/my-app",
        operation: "Apply",
        fieldsV1: { "f:spec": { "f:replicas": {}, "f:paused": {} } },
      },
    ],
  },
  spec: { replicas: 2 },
};
const scaled = (replicas: number, before = BEFORE) => changed(before, { spec: { replicas } });
const suspended = (value: string | null, before = BEFORE) =>
  changed(before, { metadata: { annotations: { "nopea.io/suspend-heal": value } } });
const managing = (more: Partial<Managing>) =>
  knowing({ repositoryOf: () => ({ ...MANAGING, ...more }) });
const warned = (after: JsonObject, known = knowing(), before = BEFORE) =>
  answerTo(requestOf(before, after), known).warnings;

const KEEP =
  "To keep it, commit it to Git; to hold nopea off meanwhile: kubectl annotate deployments.apps api -n shop nopea.io/suspend-heal=4h";
const DECLARED = "spec.replicas is declared by GitRepository shop/my-app";

describe("an edit", () => {
  test("with a grace period: when it is undone, to the second and never sooner, and how to keep it", () => {
    expect(warned(scaled(3))).toEqual([
      `${DECLARED}: your edit will be undone in 5m, at 2026-01-15T10:35:01Z.`,
      KEEP,
    ]);
  });

  test("without: at once", () => {
    const { graceMs: _, ...auto } = MANAGING;
    expect(warned(scaled(3), knowing({ repositoryOf: () => auto }))).toEqual([
      `${DECLARED}: your edit will be undone at once.`,
      KEEP,
    ]);
  });

  test("of several fields: the first, and how many", () => {
    expect(warned(changed(BEFORE, { spec: { replicas: 3, paused: true } }))[0]).toMatch(
      /^spec.paused and 1 more is declared by/,
    );
  });

  test.each(["manual", "notify"] as const)("%s: it stays", healPolicy => {
    expect(warned(scaled(3), managing({ healPolicy }))).toEqual([
      `${DECLARED}: your edit stays and is reported (healPolicy ${healPolicy}).`,
    ]);
  });

  test("of a repository that is suspended: until it is resumed", () => {
    expect(warned(scaled(3), managing({ suspended: true }))).toEqual([
      `${DECLARED}: it is suspended, your edit stays until it is resumed.`,
    ]);
  });

  test("of a suspended object: until then", () => {
    const before = answerTo(requestOf(BEFORE, suspended("4h"))).object;
    expect(warned(scaled(3, before), knowing(), before)).toEqual([
      `${DECLARED}: nopea.io/suspend-heal is set, your edit stays until 2026-01-15T14:30:00Z.`,
    ]);
  });

  test("of an object whose suspension is over: undone", () => {
    const before = answerTo(requestOf(BEFORE, suspended("4h"))).object;
    const later = knowing({ now: NOW + 5 * 3_600_000 });
    expect(warned(scaled(3, before), later, before)[0]).toMatch(/will be undone/);
  });

  test("of a repository that is not known yet: nothing is promised", () => {
    expect(warned(scaled(3), knowing({ repositoryOf: () => undefined }))).toEqual([
      `${DECLARED}: its policy decides what becomes of your edit.`,
      KEEP,
    ]);
  });

  test("while the grace period of the first one runs: the end of that", () => {
    const before = answerTo(requestOf(BEFORE, scaled(3))).object;
    const later = knowing({ now: NOW + 60_000 });
    expect(warned(scaled(4, before), later, before)[0]).toContain("at 2026-01-15T10:35:00Z");
  });

  test("cluster-scoped, of the core group: the command fits", () => {
    const { namespace: _, ...metadata } = BEFORE.metadata as JsonObject;
    const before = { ...BEFORE, apiVersion: "v1", kind: "Namespace", metadata };
    expect(warned(scaled(3, before), knowing(), before)[1]).toMatch(
      /kubectl annotate namespaces api nopea.io\/suspend-heal=4h$/,
    );
  });

  test("with a suspension that suspends nothing: the command overwrites it", () => {
    const before = suspended("soon");
    expect(warned(scaled(3, before), knowing(), before)[1]).toMatch(/=4h --overwrite$/);
  });
});

describe("break-glass", () => {
  test("set: until when, and how to end it", () => {
    expect(warned(suspended("4h"))).toEqual([
      "nopea leaves Deployment api alone until 2026-01-15T14:30:00Z. To end it: kubectl annotate deployments.apps api -n shop nopea.io/suspend-heal-",
    ]);
    expect(warned(suspended("true"))[0]).toMatch(/alone until somebody ends it/);
  });

  test("with the edit itself: what becomes of both", () => {
    expect(warned(suspended("4h", scaled(3)))).toEqual([
      expect.stringMatching(/^nopea leaves/),
      expect.stringMatching(/your edit stays until 2026-01-15T14:30:00Z/),
    ]);
  });

  test("unreadable: what would be readable", () => {
    expect(warned(suspended("tomorrow"))).toEqual([
      'nopea.io/suspend-heal: "tomorrow" suspends nothing. What does: true (until removed), a duration as 4h or 30m, a time as 2026-01-15T14:30:00Z.',
    ]);
    expect(warned(suspended("2020-01-01T00:00:00Z"))[0]).toContain("is in the past and");
  });
});

test("a copy: what was kept, and how to suspend and to end it", () => {
  const copy = changed(BEFORE, { metadata: { annotations: { "nopea.io/applied": "v1:00@11" } } });
  expect(warned(copy)).toEqual([
    expect.stringMatching(/kept as they were/),
    "To suspend healing: kubectl annotate deployments.apps api -n shop nopea.io/suspend-heal=4h (to end it: nopea.io/suspend-heal-)",
  ]);
});

test("nothing of Git's or of ours: no word", () => {
  expect(warned(changed(BEFORE, { metadata: { labels: { team: "a" } } }))).toEqual([]);
});

test("whatever the names: at most three lines, each shorter than an API server cuts, and no half command", () => {
  const long = fc.string({ minLength: 1, maxLength: 253, size: "max" });
  fc.assert(
    fc.property(long, long, long, long, (name, namespace, value, repository) => {
      const metadata = { name, namespace };
      const before = changed(BEFORE, { metadata });
      const after = changed(suspended(value, scaled(3)), {
        metadata: { ...metadata, labels: { "nopea.io/repository": repository } },
      });
      const lines = warned(after, knowing(), before);
      expect(lines.length).toBeLessThanOrEqual(3);
      for (const line of lines) {
        expect(line.length).toBeLessThan(256);
        if (line.includes("kubectl"))
          expect(line).toMatch(/suspend-heal(?:=4h(?: --overwrite)?|-)\)?$/);
      }
    }),
  );
});
