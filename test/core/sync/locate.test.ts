/** From declared to desired: kind, namespace, labels, digest. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { declaredKinds } from "../../../src/core/sync/declared-kinds";
import { locate } from "../../../src/core/sync/locate";
import {
  kindId,
  type Declared,
  type KindInfo,
  type Manifest,
  type Metadata,
} from "../../../src/model/manifest";
import { formatKey } from "../../../src/model/object-key";
import { CLUSTER_ROLE, CONFIG_MAP, MARKS } from "../../support/examples";

const kinds = new Map([CONFIG_MAP, CLUSTER_ROLE].map(kind => [kindId(kind), kind]));
const fault = { code: "kind-unavailable", message: "GET /apis/example.com/v1: 503" } as const;
const unavailable = new Map([["example.com/v1/Broken", fault]]);
const NAMED = { name: "a" };

function declare(kind: KindInfo, metadata: Metadata, at = "a.yaml:1"): Declared {
  const { apiVersion } = kind;
  const [file = "", line = "1"] = at.split(":");
  return {
    manifest: { apiVersion, kind: kind.kind, metadata },
    source: { file, line: Number(line) },
  };
}

function locateAll(declared: readonly Declared[], targetNamespace?: string) {
  return locate(declared, { marks: MARKS, targetNamespace, kinds, unavailable, sha256 });
}

describe("the namespace", () => {
  test.each([
    ["none of its own: the repository's", undefined, undefined, "shop"],
    ["an empty one: the repository's", "", undefined, "shop"],
    ["its own", "own", undefined, "own"],
    ["a target: wins over none", undefined, "target", "target"],
    ["a target: wins over its own", "own", "target", "target"],
  ])("%s", (_, own, target, expected) => {
    const metadata = { name: "a", ...(own === undefined ? {} : { namespace: own }) };
    const [one] = locateAll([declare(CONFIG_MAP, metadata)], target).desired;
    expect(one?.key.namespace).toBe(expected);
    expect(one?.manifest.metadata.namespace).toBe(expected);
  });

  test.each([undefined, "target"])("cluster-scoped, target %o: none, whatever it says", target => {
    const [one] = locateAll([declare(CLUSTER_ROLE, { name: "a", namespace: "x" })], target).desired;
    expect(one?.key).toEqual({
      group: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      namespace: "",
      name: "a",
    });
    expect(one?.manifest.metadata).not.toHaveProperty("namespace");
  });
});

describe("labels", () => {
  test("its own stay, ours are added and win", () => {
    const labels = { app: "x", "nopea.io/repository": "stolen" };
    const [one] = locateAll([declare(CONFIG_MAP, { name: "a", labels })]).desired;
    expect(one?.manifest.metadata.labels).toEqual({ app: "x", ...MARKS.labels });
  });

  test("everything else of the manifest: as it was", () => {
    const manifest: Manifest = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", annotations: { x: "y" } },
      data: { k: "v" },
    };
    const [one] = locateAll([{ manifest, source: { file: "a.yaml", line: 1 } }]).desired;
    expect(one?.manifest).toMatchObject({
      data: { k: "v" },
      metadata: { annotations: { x: "y" } },
    });
  });
});

describe("what cannot be located", () => {
  test("a kind that nobody serves: told, the others are located", () => {
    const widget = declare({ ...CONFIG_MAP, apiVersion: "example.com/v1" }, { name: "w" });
    const { desired, unknown } = locateAll([widget, declare(CONFIG_MAP, { name: "a" })]);
    expect(unknown).toEqual([widget]);
    expect(desired.map(({ key }) => key.name)).toEqual(["a"]);
  });

  test("a kind whose server is away: told with the reason", () => {
    const broken = declare({ ...CONFIG_MAP, apiVersion: "example.com/v1", kind: "Broken" }, NAMED);
    expect(locateAll([broken]).unknown).toEqual([{ ...broken, fault }]);
  });

  test("a kind whose server is away, and that the commit itself defines: located", () => {
    const kind = { ...CONFIG_MAP, apiVersion: "example.com/v1", kind: "Broken" };
    const defined = new Map([...kinds, [kindId(kind), kind]]);
    const context = { marks: MARKS, kinds: defined, unavailable, sha256 };
    expect(locate([declare(kind, NAMED)], context)).toMatchObject({ unknown: [], desired: [{}] });
  });

  test("the same object twice: both places are named, at the second", () => {
    const { problems } = locateAll([
      declare(CONFIG_MAP, { name: "a" }, "one.yaml:3"),
      declare(CONFIG_MAP, { name: "a", namespace: "shop" }, "two.yaml:7"),
    ]);
    expect(problems).toEqual([
      {
        file: "two.yaml",
        line: 7,
        message: "ConfigMap/shop/a is declared here and in one.yaml:3: keep one of the two",
      },
    ]);
  });

  test("two that a target namespace makes one: twice", () => {
    const two = ["a", "b"].map(namespace => declare(CONFIG_MAP, { name: "x", namespace }));
    expect(locateAll(two).problems).toEqual([]);
    expect(locateAll(two, "target").problems).toHaveLength(1);
  });

  test("two versions of one kind: the same object", () => {
    const v2 = { ...CLUSTER_ROLE, apiVersion: "rbac.authorization.k8s.io/v2" };
    const both = new Map([...kinds, [kindId(v2), v2]]);
    const declared = [declare(CLUSTER_ROLE, { name: "a" }), declare(v2, { name: "a" })];
    const context = { marks: MARKS, kinds: both, unavailable, sha256 };
    expect(locate(declared, context).problems).toHaveLength(1);
  });
});

describe("the digest", () => {
  const digestOf = (metadata: Metadata, target?: string) =>
    locateAll([declare(CONFIG_MAP, metadata)], target).desired[0]?.digest;

  test("where it stands in the repository: does not matter", () => {
    const one = locateAll([declare(CONFIG_MAP, { name: "a" }, "a.yaml:1")]).desired[0];
    const two = locateAll([declare(CONFIG_MAP, { name: "a" }, "b.yaml:9")]).desired[0];
    expect(one?.digest).toBe(two?.digest);
  });

  test("the repository's namespace, said or not: the same", () => {
    expect(digestOf({ name: "a", namespace: "shop" })).toBe(digestOf({ name: "a" }));
  });

  test("a label, or where it goes: matters", () => {
    expect(digestOf({ name: "a", labels: { x: "y" } })).not.toBe(digestOf({ name: "a" }));
    expect(digestOf({ name: "a" }, "target")).not.toBe(digestOf({ name: "a" }));
  });
});

test(
  "law: the order of files changes neither the objects nor their digests",
  { timeout: 60_000 },
  () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e");
    const object = fc.tuple(
      fc.constantFrom(CONFIG_MAP, CLUSTER_ROLE),
      name,
      fc.dictionary(name, name),
    );
    const some = fc.uniqueArray(object, { selector: ([kind, id]) => `${kind.kind}/${id}` });
    const shuffled = some.chain(objects =>
      fc.tuple(
        fc.constant(objects),
        fc.shuffledSubarray(objects, { minLength: objects.length, maxLength: objects.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, orders => {
        const [one, two] = orders.map(objects => {
          const declared = objects.map(([kind, id, labels]) => declare(kind, { name: id, labels }));
          return locateAll(declared).desired.map(
            ({ key, digest }) => `${formatKey(key)} ${digest}`,
          );
        });
        expect([...(one ?? [])].sort()).toEqual([...(two ?? [])].sort());
      }),
    );
  },
);

describe("kinds that a commit brings along", () => {
  const definition = (spec: Manifest["spec"]): Declared => ({
    manifest: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.com" },
      spec,
    },
    source: { file: "crd.yaml", line: 1 },
  });
  const names = { kind: "Widget", plural: "widgets" };

  test("every version of a definition", () => {
    const versions = [{ name: "v1" }, { name: "v1beta1" }];
    const spec = { group: "example.com", scope: "Namespaced", names, versions };
    const widget = { kind: "Widget", plural: "widgets", namespaced: true };
    expect(declaredKinds([definition(spec), declare(CONFIG_MAP, { name: "a" })])).toEqual([
      { apiVersion: "example.com/v1", ...widget },
      { apiVersion: "example.com/v1beta1", ...widget },
    ]);
  });

  test("cluster-scoped: said so", () => {
    const spec = { group: "example.com", scope: "Cluster", names, versions: [{ name: "v1" }] };
    expect(declaredKinds([definition(spec)])).toMatchObject([{ namespaced: false }]);
  });

  test("law: whatever stands in a definition, no exception", { timeout: 60_000 }, () => {
    const value = fc.jsonValue() as fc.Arbitrary<Manifest["spec"]>;
    const broken = fc.record({ group: value, names: value, versions: value }) as typeof value;
    fc.assert(
      fc.property(fc.oneof(value, broken), spec => {
        expect(() => declaredKinds([definition(spec)])).not.toThrow();
      }),
    );
  });
});
