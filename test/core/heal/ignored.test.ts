/** What Git leaves to others: by the annotation, or since a controller fills it in anyway. */
import { describe, expect, test } from "vitest";
import { ignoredBy } from "../../../src/core/heal/ignored";
import { coversPath } from "../../../src/model/field-pattern";
import { parsePath } from "../../../src/model/field-path";
import { CLUSTER_ROLE, desired } from "../../support/examples";

const isIgnored = (one: ReturnType<typeof desired>, path: string) =>
  ignoredBy(one).some(pattern => coversPath(pattern, parsePath(path) ?? []));

function role(aggregationRule?: object) {
  const one = desired({ kind: CLUSTER_ROLE });
  const more = aggregationRule === undefined ? {} : { aggregationRule: { ...aggregationRule } };
  return { ...one, manifest: { ...one.manifest, rules: [], ...more } };
}

describe("the rules of a ClusterRole", () => {
  test("with an aggregationRule: the controller's", () => {
    expect(isIgnored(role({ clusterRoleSelectors: [] }), "rules")).toBe(true);
    expect(isIgnored(role({ clusterRoleSelectors: [] }), "metadata.labels.a")).toBe(false);
  });

  test("without one: Git's", () => {
    expect(isIgnored(role(), "rules")).toBe(false);
  });
});
