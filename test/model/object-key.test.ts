/** Identities of objects in their written form. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatKey, parseKey, type ObjectKey } from "../../src/model/object-key";

const CASES: readonly (readonly [string, ObjectKey])[] = [
  [
    "Deployment.apps/shop/api",
    { group: "apps", kind: "Deployment", namespace: "shop", name: "api" },
  ],
  [
    "ConfigMap/shop/settings",
    { group: "", kind: "ConfigMap", namespace: "shop", name: "settings" },
  ],
  ["Namespace/shop", { group: "", kind: "Namespace", namespace: "", name: "shop" }],
  [
    "ClusterRole.rbac.authorization.k8s.io/system:reader",
    {
      group: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      namespace: "",
      name: "system:reader",
    },
  ],
  [
    "CustomResourceDefinition.apiextensions.k8s.io/widgets.example.com",
    {
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
      namespace: "",
      name: "widgets.example.com",
    },
  ],
];

describe("written and read", () => {
  test.each(CASES)("%s", (text, key) => {
    expect(formatKey(key)).toBe(text);
    expect(parseKey(text)).toEqual(key);
  });

  test.each(["", "ConfigMap", "/a", "a/", "a/b/c/d", "ConfigMap//a", ".apps/a", "Kind./a"])(
    "%o: no key",
    text => {
      expect(parseKey(text)).toBeUndefined();
    },
  );
});

const word = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);
const dotted = fc.array(word, { minLength: 1, maxLength: 3 }).map(words => words.join("."));
const key: fc.Arbitrary<ObjectKey> = fc.record({
  group: fc.oneof(fc.constant(""), dotted),
  kind: fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,10}$/),
  namespace: fc.oneof(fc.constant(""), word),
  name: fc.oneof(dotted, fc.stringMatching(/^[a-z]+:[a-z.:]{1,10}$/)),
});

test("law: parse ∘ format = id", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(key, one => {
      expect(parseKey(formatKey(one))).toEqual(one);
    }),
  );
});

test("law: different objects are written differently", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(formatKey(a) === formatKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
