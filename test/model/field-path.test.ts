/** Paths of fields, as contract.md writes them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath, parsePath, parsePattern, type FieldPath } from "../../src/model/field-path";
import { coversPath, parsePatterns } from "../../src/model/field-pattern";
import { toCanonicalJson } from "../../src/model/json";
import { fieldPath } from "../support/field-paths";

const field = (name: string) => ({ kind: "field", name }) as const;

const WRITTEN: readonly (readonly [string, FieldPath])[] = [
  [
    "spec.ports[containerPort=80,protocol=TCP].name",
    [
      field("spec"),
      field("ports"),
      { kind: "item", keys: { protocol: "TCP", containerPort: 80 } },
      field("name"),
    ],
  ],
  [
    'metadata.labels["app.kubernetes.io/name"]',
    [field("metadata"), field("labels"), field("app.kubernetes.io/name")],
  ],
  ['finalizers[="x"]', [field("finalizers"), { kind: "member", value: "x" }]],
  ["args[0]", [field("args"), { kind: "index", index: 0 }]],
  ['a[port="80",tls="true"]', [field("a"), { kind: "item", keys: { port: "80", tls: "true" } }]],
  ["a[mountPath=/data/x]", [field("a"), { kind: "item", keys: { mountPath: "/data/x" } }]],
  ["a[name=-1,on=true]", [field("a"), { kind: "item", keys: { name: -1, on: true } }]],
  ['["a.b"].c', [field("a.b"), field("c")]],
  ["", []],
];

describe.each(WRITTEN)("%s", (text, path) => {
  test("written and read", () => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });
});

test.each([
  ".spec",
  "spec.",
  "spec..a",
  "spec ",
  "a[",
  "a]",
  "a[name]",
  "a[name=]",
  "a[name=x,]",
  "a[=]",
  'a["x]',
  "a[name={}]",
  'a["x"y=1]',
  "a[0]b",
  "a[]",
])("%s: names no single field", text => {
  expect(parsePath(text)).toBeUndefined();
});

test("keys in another order, or quoted without need: the same path", () => {
  expect(parsePath('a[protocol="TCP","port"=80]')).toEqual(parsePath("a[port=80,protocol=TCP]"));
});

test("law: parse ∘ format = id", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fieldPath, path => {
      const text = formatPath(path);
      const read = parsePath(text);
      expect(read).toBeDefined();
      expect(formatPath(read ?? [])).toBe(text);
      expect(canonical(read ?? [])).toBe(canonical(path));
    }),
  );
});

test("law: any text is read or refused", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom("a", ".", "[", "]", "=", '"', "1", ",", "{", "\\") }),
      ),
      text => {
        const pattern = parsePattern(text);
        if (pattern !== undefined) expect(parsePattern(formatPath(pattern))).toEqual(pattern);
        parsePatterns(text);
      },
    ),
  );
});

describe("nopea.io/ignore", () => {
  const covers = (text: string, path: string) =>
    parsePatterns(text).patterns.some(pattern => coversPath(pattern, parsePath(path) ?? []));

  test("a list: read one by one, what is unreadable told", () => {
    const { patterns, unreadable } = parsePatterns(
      ' spec.replicas, webhooks[].clientConfig.caBundle,,data["a,b"], a[',
    );
    expect(unreadable).toEqual([
      ' spec.replicas, webhooks[].clientConfig.caBundle,,data["a,b"], a['.trim(),
    ]);
    expect(patterns).toEqual([]);
    const good = parsePatterns(' spec.replicas, webhooks[].clientConfig.caBundle,,data["a,b"], .x');
    expect(good.patterns.map(formatPath)).toEqual([
      "spec.replicas",
      "webhooks[].clientConfig.caBundle",
      'data["a,b"]',
    ]);
    expect(good.unreadable).toEqual([".x"]);
  });

  test.each([
    ["spec.replicas", "spec.replicas", true],
    ["spec", "spec.replicas", true],
    ["spec.replicas", "spec", false],
    ["spec.replicas", "spec.replica", false],
    ["webhooks[].clientConfig.caBundle", "webhooks[name=a].clientConfig.caBundle", true],
    ["webhooks[]", "webhooks.name", false],
    ["ports[port=80].name", "ports[port=80,protocol=TCP].name", true],
    ["ports[port=81].name", "ports[port=80,protocol=TCP].name", false],
    ["finalizers[]", 'finalizers[="x"]', true],
    ['finalizers[="x"]', 'finalizers[="y"]', false],
    ["args[1]", "args[1]", true],
    ["args[1]", "args[0]", false],
    ["args[0]", "args.x", false],
  ])("%s covers %s: %s", (pattern, path, expected) => {
    expect(covers(pattern, path)).toBe(expected);
  });
});

function canonical(path: FieldPath): string {
  return toCanonicalJson(path);
}
