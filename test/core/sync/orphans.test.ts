/** What we applied and Git no longer declares, and the kinds to look for it in. */
import { describe, expect, test } from "vitest";
import { findUndeclared, managedKinds, type Managed } from "../../../src/core/sync/orphans";
import type { Live } from "../../../src/model/live";
import { formatKey } from "../../../src/model/object-key";
import { CLUSTER_ROLE, CONFIG_MAP, desired, live, MARKS, named } from "../../support/examples";

function one(name: string, change: Partial<Live> = {}): Live {
  return live({ uid: `uid-of-${name}`, key: { ...live().key, name }, ...change });
}

function undeclaredAmong(...objects: readonly Live[]) {
  const seen = new Map(objects.map(object => [formatKey(object.key), { live: object }]));
  const declared = named("declared");
  const wanted = new Map([[formatKey(declared.key), declared]]);
  const { orphans, copies } = findUndeclared(seen, wanted, MARKS);
  const names = (of: typeof orphans) => of.map(({ live: { key } }) => key.name);
  return { orphans: names(orphans), copies: names(copies) };
}

const orphansAmong = (...objects: readonly Live[]) => undeclaredAmong(...objects).orphans;

describe("orphans", () => {
  test("ours and not declared: sorted; declared: none", () => {
    expect(orphansAmong(one("z"), one("declared"), one("b"))).toEqual(["b", "z"]);
  });

  test.each<[string, Partial<Live>]>([
    ["a copy by hand of one of ours", { managers: [{ manager: "kubectl", operation: "Update" }] }],
    ["ours with its labels stripped", { labels: {} }],
    [
      "another repository's, which we applied once",
      { labels: { ...MARKS.labels, "nopea.io/repository": "other" } },
    ],
  ])("%s: none", (_, change) => {
    expect(orphansAmong(one("a", change))).toEqual([]);
  });

  test("already being deleted: still there", () => {
    expect(orphansAmong(one("a", { terminating: true }))).toEqual(["a"]);
  });

  test("our labels on what we never applied: a copy", () => {
    const managers = [{ manager: "kubectl", operation: "Update" }];
    expect(undeclaredAmong(one("a", { managers }), one("b"))).toEqual({
      orphans: ["b"],
      copies: ["a"],
    });
  });

  test("one object, served in two groups and declared in one: declared", () => {
    const other = one("declared", {
      key: { ...live().key, group: "old.example.com", name: "declared" },
    });
    expect(orphansAmong(one("declared"), other)).toEqual([]);
  });
});

function kindsOf(managed: Partial<Managed>): readonly string[] {
  return managedKinds({ desired: [], orphans: [], known: [], unavailable: new Map(), ...managed });
}

describe("kinds", () => {
  test("what is declared: sorted, each once", () => {
    const all = [named("a", CLUSTER_ROLE), named("b"), named("c")];
    expect(kindsOf({ desired: all })).toEqual([
      "rbac.authorization.k8s.io/v1/ClusterRole",
      "v1/ConfigMap",
    ]);
  });

  test("known before: kept while there is an orphan of it, dropped then", () => {
    const known = ["apps/v1/Deployment", "v1/ConfigMap", "v1/Secret"];
    const orphan = { group: "", kind: "Secret", namespace: "shop", name: "s" };
    expect(kindsOf({ desired: [desired()], orphans: [orphan], known })).toEqual([
      "v1/ConfigMap",
      "v1/Secret",
    ]);
    expect(kindsOf({ desired: [desired()], known })).toEqual(["v1/ConfigMap"]);
  });

  test("an orphan of a kind of the same name in another group: another kind", () => {
    const orphan = { group: "example.com", kind: "Secret", namespace: "shop", name: "s" };
    const known = ["v1/Secret", "example.com/v1/Secret"];
    expect(kindsOf({ orphans: [orphan], known })).toEqual(["example.com/v1/Secret"]);
  });

  test("a kind that changed its version: both, while there are orphans", () => {
    const orphan = { ...desired().key, name: "old" };
    const known = ["v1/ConfigMap", "v1beta1/ConfigMap"];
    const desiredNow = [named("a", CONFIG_MAP)];
    expect(kindsOf({ desired: desiredNow, orphans: [orphan], known })).toEqual(known);
  });

  test("known before and unavailable: kept, since nobody could look; unavailable only: not ours", () => {
    const known = ["example.com/v1/Gone", "example.com/v1/Widget"];
    const unavailable = new Map([
      ["example.com/v1/Widget", 503],
      ["example.com/v1/Other", 503],
    ]);
    expect(kindsOf({ known, unavailable })).toEqual(["example.com/v1/Widget"]);
  });
});
