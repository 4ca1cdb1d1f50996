/** The spec of a GitRepository: every default, every problem, and never an exception. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRepository } from "../../../src/core/repository/parse-repository";
import { parseSpec } from "../../../src/core/repository/parse-spec";
import type { RawRepository } from "../../../src/model/git-repository";

const url = "https://git.example.com/my-app.git";

function problemsOf(raw: unknown): readonly string[] {
  const parsed = parseSpec(raw);
  return parsed.ok ? [] : parsed.problems;
}

describe("a spec", () => {
  test("only a url: the defaults of the contract", () => {
    expect(parseSpec({ url })).toEqual({
      ok: true,
      spec: {
        url,
        branch: "main",
        path: "",
        intervalMs: 300_000,
        timeoutMs: 60_000,
        suspend: false,
        prune: false,
        healPolicy: "auto",
        conflictPolicy: "git",
        deletionPolicy: "Retain",
      },
    });
  });

  test("everything set: everything taken over", () => {
    const raw = {
      url,
      branch: "feature/x",
      path: "./deploy/",
      interval: "1h30m",
      timeout: "90s",
      targetNamespace: "shop",
      secretRef: { name: "git" },
      suspend: true,
      healPolicy: "notify",
      healGracePeriod: "5m",
      conflictPolicy: "live",
      prune: true,
      deletionPolicy: "Delete",
      serviceAccountName: "deployer",
      notify: { url: "https://hook.example.com" },
    };
    expect(parseSpec(raw)).toEqual({
      ok: true,
      spec: {
        url,
        branch: "feature/x",
        path: "deploy",
        intervalMs: 5_400_000,
        timeoutMs: 90_000,
        targetNamespace: "shop",
        secretName: "git",
        suspend: true,
        healPolicy: "notify",
        healGracePeriodMs: 300_000,
        conflictPolicy: "live",
        prune: true,
        deletionPolicy: "Delete",
        serviceAccountName: "deployer",
        notify: { url: "https://hook.example.com" },
      },
    });
  });

  test("null and empty text: as if not set", () => {
    const raw = { url, branch: null, path: "", interval: null, suspend: null, secretRef: null };
    expect(parseSpec(raw)).toEqual(parseSpec({ url }));
  });

  test("fields of a later version: not in the way", () => {
    expect(parseSpec({ url, future: { a: 1 } })).toEqual(parseSpec({ url }));
  });

  test.each<[string, unknown, RegExp]>([
    ["branch", 5, /spec\.branch must be text/],
    ["branch", "a b", /spec\.branch "a b" is no branch name/],
    ["path", "../x", /spec\.path must stay inside the repository/],
    ["interval", "0s", /spec\.interval must be a duration of at least 1s/],
    ["interval", "abc", /spec\.interval must be a duration/],
    ["interval", 5, /spec\.interval must be text: put it in quotes/],
    ["timeout", "-1s", /spec\.timeout must be a duration/],
    ["healGracePeriod", "soon", /spec\.healGracePeriod must be a duration/],
    ["targetNamespace", "Shop", /spec\.targetNamespace must be a Kubernetes name/],
    ["serviceAccountName", "a/b", /spec\.serviceAccountName must be a Kubernetes name/],
    ["secretRef", { name: "other/secret" }, /spec\.secretRef\.name must name a Secret/],
    ["secretRef", {}, /spec\.secretRef\.name must name a Secret/],
    ["secretRef", "git", /spec\.secretRef\.name must name a Secret/],
    ["suspend", "yes", /spec\.suspend must be true or false/],
    ["prune", 1, /spec\.prune must be true or false/],
    ["healPolicy", "always", /spec\.healPolicy must be one of auto, manual, notify/],
    ["conflictPolicy", "both", /spec\.conflictPolicy must be one of git, live/],
    ["notify", { url: "chat.example/t0ken" }, /^spec\.notify\.url must be an http[^.]*address$/],
    ["notify", { secretRef: {} }, /spec\.notify\.secretRef\.name must name a Secret/],
    ["deletionPolicy", "delete", /spec\.deletionPolicy must be one of Retain, Delete/],
  ])("%s %o: named, with what it must be", (field, value, expected) => {
    const problems = problemsOf({ url, [field]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  test("notify with an address and a Secret: the Secret counts", () => {
    const parsed = parseSpec({
      url,
      notify: { url: "https://c.example", secretRef: { name: "c" } },
    });
    expect(parsed).toMatchObject({ ok: true, spec: { notify: { secretName: "c" } } });
    expect(parsed.ok && parsed.spec.notify).not.toHaveProperty("url");
  });

  test("many problems: all of them at once", () => {
    expect(problemsOf({ branch: "..", path: "..", interval: "x", suspend: 1 })).toHaveLength(5);
  });

  test.each([undefined, null, 5, "text", [], {}])(
    "%o instead of a spec: the url is missing",
    raw => {
      expect(problemsOf(raw)).toEqual([expect.stringContaining("spec.url is missing")]);
    },
  );
});

const fields = [
  ...["url", "branch", "path", "interval", "timeout", "targetNamespace", "secretRef", "suspend"],
  ...["healPolicy", "healGracePeriod", "conflictPolicy", "prune", "deletionPolicy", "notify"],
];
const anySpec = fc.oneof(
  fc.anything(),
  fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.jsonValue(), fc.anything())),
);

test(
  "law: whatever the spec is, a spec or reasons, and never an exception",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(anySpec, raw => {
        const parsed = parseSpec(raw);
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(parsed.spec.intervalMs).toBeGreaterThanOrEqual(1_000);
        expect(parsed.spec.timeoutMs).toBeGreaterThanOrEqual(1_000);
      }),
    );
  },
);

describe("a GitRepository", () => {
  const metadata = { name: "my-app", namespace: "shop", uid: "u1", generation: 3 };

  test("as the watch delivers it: identity, generation, status, spec and sync-at", () => {
    const annotations = { "nopea.io/sync-at": "1737", "nopea.io/confirm-prune": "8f3c" };
    const status = { phase: "Synced" as const };
    expect(
      parseRepository({ metadata: { ...metadata, annotations }, spec: { url }, status }),
    ).toEqual({
      id: { name: "my-app", namespace: "shop", uid: "u1" },
      generation: 3,
      parsed: parseSpec({ url }),
      status,
      syncAt: "1737",
      confirmPrune: "8f3c",
      isFinalized: false,
      isLeaving: false,
    });
  });

  test("with nopea's finalizer, and deleted: leaving", () => {
    const finalizers = ["example.com/other", "nopea.io/delete-objects"];
    const deletionTimestamp = "2026-01-15T10:30:00Z";
    const of = (more: object) => parseRepository({ metadata: { ...metadata, ...more } });
    expect(of({ finalizers })).toMatchObject({ isFinalized: true, isLeaving: false });
    expect(of({ finalizers, deletionTimestamp })).toMatchObject({ isLeaving: true });
    expect(of({ finalizers: ["example.com/other"], deletionTimestamp })).toMatchObject({
      isLeaving: false,
    });
  });

  test("without status and annotations: empty status, no sync-at", () => {
    const repository = parseRepository({ metadata, spec: { url } });
    expect(repository).toMatchObject({ status: {} });
    expect(repository).not.toHaveProperty("syncAt");
  });

  test.each(["name", "namespace", "uid"])("without %s: nothing", field => {
    expect(parseRepository({ metadata: { ...metadata, [field]: undefined } })).toBeUndefined();
  });

  test("law: whatever object it is, never an exception", { timeout: 60_000 }, () => {
    const anyMetadata = fc.oneof(fc.jsonValue(), fc.constant(metadata));
    fc.assert(
      fc.property(anyMetadata, anySpec, fc.jsonValue(), (meta, spec, status) => {
        const raw = { metadata: meta, spec, status } as unknown as RawRepository;
        expect(() => parseRepository(raw)).not.toThrow();
      }),
    );
  });
});
