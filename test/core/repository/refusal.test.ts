/** Which GitRepositories are not worked on, and what admission answers. */
import { describe, expect, test } from "vitest";
import {
  effectsNotImplemented,
  restrictionsNotImplemented,
} from "../../../src/core/repository/not-implemented";
import { parseSpec } from "../../../src/core/repository/parse-spec";
import { refusal } from "../../../src/core/repository/refusal";
import { review } from "../../../src/core/repository/review";
import type { RepositorySpec } from "../../../src/model/git-repository";
import type { Settings } from "../../../src/model/settings";

const url = "https://git.example.com/my-app.git";
const settings: Settings = {
  concurrentSyncs: 8,
  allowPrivateHosts: true,
  allowLoopback: false,
  showValues: "safe",
  webhookSecrets: [],
};

function specOf(raw: object): RepositorySpec {
  const parsed = parseSpec({ url, ...raw });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.spec;
}

const RESTRICTIONS: readonly (readonly [object, string])[] = [
  [{ serviceAccountName: "deployer" }, "spec.serviceAccountName"],
];

describe("refusal", () => {
  test("a spec of defaults: go ahead", () => {
    expect(refusal(parseSpec({ url }), settings)).toBeUndefined();
  });

  test.each(RESTRICTIONS)(
    "%o: refused, since it restricts and cannot be honoured",
    (raw, field) => {
      expect(restrictionsNotImplemented(specOf(raw), undefined)).toEqual([field]);
      expect(refusal(parseSpec({ url, ...raw }), settings)).toEqual({
        code: "not-implemented",
        message: `${field}: not implemented yet, and nothing is written while it cannot be honoured`,
      });
    },
  );

  test.each([
    { healPolicy: "manual" },
    { healPolicy: "notify" },
    { conflictPolicy: "live" },
    { healGracePeriod: "5m" },
    { prune: true },
    { deletionPolicy: "Delete" },
  ])("%o: honoured, go ahead", raw => {
    expect(refusal(parseSpec({ url, ...raw }), settings)).toBeUndefined();
    expect(effectsNotImplemented(specOf(raw))).toEqual([]);
    expect(review({ url, healGracePeriod: "5m", ...raw }, undefined).warnings).toEqual([]);
  });

  test("a default account: refused as well", () => {
    const fault = refusal(parseSpec({ url }), { ...settings, defaultServiceAccount: "deployer" });
    expect(fault?.message).toContain("NOPEA_DEFAULT_SERVICE_ACCOUNT");
  });

  test("a spec that cannot be read: every problem", () => {
    expect(refusal(parseSpec({ branch: ".." }), settings)).toMatchObject({
      code: "spec-invalid",
      message: expect.stringMatching(/spec\.url is missing.*; spec\.branch/) as string,
    });
  });

  test("a cluster that is too old: comes before everything else", () => {
    const fault = refusal(parseSpec({}), { ...settings, clusterTooOld: "too old" });
    expect(fault).toEqual({ code: "cluster-too-old", message: "too old" });
  });
});

test("fields without effect yet: named, and the sync runs", () => {
  const spec = specOf({ secretRef: { name: "git" }, notify: {} });
  expect(effectsNotImplemented(spec)).toEqual(["spec.notify"]);
  expect(refusal({ ok: true, spec }, settings)).toBeUndefined();
});

describe("admission", () => {
  test("a good spec: allowed, without a warning", () => {
    const all = { allowed: true, message: "", warnings: [] };
    expect(review({ url, healGracePeriod: "5m" }, undefined)).toEqual(all);
  });

  test("made without a grace period: a warning that edits will be undone at once; changed so: none", () => {
    const { allowed, warnings } = review({ url }, undefined);
    expect(allowed).toBe(true);
    expect(warnings).toEqual([expect.stringContaining("undone within milliseconds")]);
    expect(review({ url }, { url, healGracePeriod: "5m" }).warnings).toEqual([]);
    expect(review({ url, healPolicy: "manual" }, undefined).warnings).toEqual([]);
  });

  test("a bad spec: denied, with every problem and how to mend it", () => {
    const { allowed, message } = review({ url: "git@host:x", path: ".." }, undefined);
    expect(allowed).toBe(false);
    expect(message).toMatch(/spec\.url must start with https.*; spec\.path must stay/);
  });

  test("no spec at all: denied, not an exception", () => {
    expect(review(undefined, undefined).allowed).toBe(false);
  });

  test("a broken spec that did not change: allowed, so that labels and finalizers can be mended", () => {
    expect(review({ path: "..", url: "x" }, { url: "x", path: ".." }).allowed).toBe(true);
  });

  test("a broken spec that changed and is still broken: denied", () => {
    expect(review({ url: "y" }, { url: "x" }).allowed).toBe(false);
  });

  test.each(RESTRICTIONS)("%o: allowed, with a warning that nothing is synced", (raw, field) => {
    expect(review({ url, healGracePeriod: "5m", ...raw }, undefined)).toMatchObject({
      allowed: true,
      warnings: [`${field} is not implemented yet: nothing is synced while it is set`],
    });
  });

  test("fields without effect yet: allowed, with a warning for each", () => {
    const { allowed, warnings } = review({ url, healGracePeriod: "5m", notify: {} }, undefined);
    expect(allowed).toBe(true);
    expect(warnings).toEqual(["spec.notify is not implemented yet and has no effect"]);
  });
});
