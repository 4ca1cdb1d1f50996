/** Which GitRepositories are not worked on, and what admission answers. */
import { describe, expect, test } from "vitest";
import { parseSpec } from "../../../src/core/repository/parse-spec";
import { refusal } from "../../../src/core/repository/refusal";
import { review } from "../../../src/core/repository/review";
import type { Settings } from "../../../src/model/settings";

const url = "https://git.example.com/my-app.git";
const settings: Settings = {
  concurrentSyncs: 8,
  allowPrivateHosts: true,
  allowLoopback: false,
  showValues: "safe",
  eventValues: false,
  webhookSecrets: [],
};

describe("refusal", () => {
  test("a spec of defaults: go ahead", () => {
    expect(refusal(parseSpec({ url }), settings)).toBeUndefined();
  });

  test.each([
    { healPolicy: "manual" },
    { healPolicy: "notify" },
    { conflictPolicy: "live" },
    { healGracePeriod: "5m" },
    { prune: true },
    { deletionPolicy: "Delete" },
    { serviceAccountName: "deployer" },
  ])("%o: honoured, go ahead", raw => {
    expect(refusal(parseSpec({ url, ...raw }), settings)).toBeUndefined();
    expect(review({ url, healGracePeriod: "5m", ...raw }, undefined).warnings).toEqual([]);
  });

  test("a default account: go ahead", () => {
    const withAccount = { ...settings, defaultServiceAccount: "deployer" };
    expect(refusal(parseSpec({ url }), withAccount)).toBeUndefined();
  });

  test.each(["De ployer", "deployer:admin", "../deployer", " ", "a".repeat(300)])(
    "a default account that can be none (%j): refused, and named; one of the spec's own goes before it",
    defaultServiceAccount => {
      const withAccount = { ...settings, defaultServiceAccount };
      const fault = refusal(parseSpec({ url }), withAccount);
      expect(fault?.code).toBe("account-invalid");
      const shown = JSON.stringify(defaultServiceAccount.slice(0, 100));
      expect(fault?.message).toContain(
        `NOPEA_DEFAULT_SERVICE_ACCOUNT is ${shown}, which is no name`,
      );
      const own = parseSpec({ url, serviceAccountName: "deployer" });
      expect(refusal(own, withAccount)).toBeUndefined();
    },
  );

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
});
