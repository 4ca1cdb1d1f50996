/** Laws of the mutating hook: whatever the request, nothing but nopea's own names is touched, quickly and without a throw. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { admit } from "../../../src/core/evidence/admit";
import { parseRequest } from "../../../src/core/evidence/parse-request";
import { readEvidence } from "../../../src/core/evidence/read-evidence";
import { isObject, type Json, type JsonObject } from "../../../src/model/json";
import { answerTo, changed, knowing, NOPEA, requestOf, verify } from "../../support/admission";
import { patched } from "../../support/json-patch";

const own = fc.constantFrom(
  "repository",
  "repository-namespace",
  "applied",
  "manual-edit",
  "seal",
  "suspend-heal",
  "suspend-heal-by",
  "suspend-heal-at",
  "suspend-heal-until",
  "prune",
  "ignore",
  "a~/b",
);
const names = fc.dictionary(
  fc.oneof(
    own.map(name => `nopea.io/${name}`),
    fc.constantFrom("a/b~c", "team", "__proto__"),
  ),
  fc.constantFrom("", "x", "4h", "true", "soon", "my-app", "shop", "[]", "v1:0a@1b"),
  { noNullPrototype: true },
);
const managedFields: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  [],
  [{}],
  [
    {
      manager: "nopea:shop/my-app",
      operation: "Apply",
      fieldsV1: { "f:spec": { "f:a": {}, "f:b": { ".": {} } } },
    },
  ],
  "nonsense",
);
const object = fc.record(
  {
    apiVersion: fc.constant("v1"),
    kind: fc.constant("Thing"),
    metadata: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record(
          { uid: fc.constant("u-1"), labels: names, annotations: names, managedFields },
          { requiredKeys: ["uid"], noNullPrototype: true },
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Json>(null, [], "x", { labels: null, annotations: [] }),
      },
    ),
    spec: fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.constantFrom<Json>(1, "x", {}, [], [1]),
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;
const managed = object.map(value =>
  changed(value, {
    metadata: {
      uid: "u-1",
      labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
    },
  }),
);
const userInfo = fc.constantFrom({ username: "larry" }, NOPEA, { username: "system:node:n" }, {});
const someone = fc.constantFrom({ username: "larry" }, { username: "system:node:n" }, {});

test("arbitrary JSON: no throw", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const request = fc.record(
    {
      uid: fc.string(),
      operation: fc.constantFrom("CREATE", "UPDATE", "DELETE"),
      kind: fc.record({ kind: fc.string() }, { noNullPrototype: true }),
      userInfo: value,
      options: value,
      resource: value,
      object: fc.oneof(value, object),
      oldObject: fc.oneof(value, object),
      dryRun: value,
      name: value,
      namespace: value,
    },
    { requiredKeys: ["uid", "operation", "kind", "object"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.oneof(request, value), fc.boolean(), (raw, hasKey) => {
      const parsed = parseRequest(raw);
      if (parsed === undefined) return;
      const known = hasKey ? knowing() : knowing({ seal: () => undefined });
      const { patch } = admit(parsed, known);
      // and it can be carried out
      patched(parsed.object ?? null, patch);
    }),
    { numRuns: 1000 },
  );
});

test("deep nesting and odd managedFields: no throw", () => {
  let deep: Json = 1;
  for (let level = 0; level < 5000; level += 1) deep = { a: deep };
  const metadata = {
    uid: "u-1",
    labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
    managedFields: [
      { manager: "nopea:shop/my-app", operation: "Apply", fieldsV1: { "f:spec": {}, "f:x": deep } },
    ],
  };
  const before: JsonObject = { apiVersion: "v1", kind: "Thing", metadata, spec: { a: 1 } };
  const { patch } = admit(requestOf(before, { ...before, spec: deep }), knowing());
  expect(JSON.stringify(patch)).toContain("(nested too deeply)");
});

test("the patch touches names of nopea's domain alone", () => {
  const bare = (value: JsonObject): JsonObject => {
    const { metadata } = value;
    if (!isObject(metadata)) return value;
    const others = (map: Json | undefined) =>
      isObject(map)
        ? Object.fromEntries(Object.entries(map).filter(([name]) => !name.startsWith("nopea.io/")))
        : {};
    const { labels, annotations } = metadata;
    const isMap = { labels: isObject(labels), annotations: isObject(annotations) };
    return {
      ...value,
      metadata: {
        ...metadata,
        // absent, null and empty are one to the API server
        ...(isMap.labels || labels == null || Array.isArray(labels)
          ? { labels: others(labels) }
          : {}),
        ...(isMap.annotations || annotations == null || Array.isArray(annotations)
          ? { annotations: others(annotations) }
          : {}),
      },
    };
  };
  fc.assert(
    fc.property(
      fc.option(fc.oneof(object, managed), { nil: undefined }),
      object,
      userInfo,
      (before, after, user) => {
        const { patch, object: result } = answerTo(requestOf(before, after, { userInfo: user }));
        for (const { path } of patch) {
          expect(path).toMatch(/^\/metadata\/(?:labels|annotations)(?:\/nopea\.io~1.*)?$/);
        }
        expect(bare(result)).toEqual(bare(after));
      },
    ),
    { numRuns: 1000 },
  );
});

test("what was decided stands: the same object again is no write", () => {
  const before = fc.option(fc.oneof(object, managed), { nil: undefined });
  fc.assert(
    fc.property(
      before,
      fc.oneof(object, managed),
      someone,
      someone,
      (old, after, first, second) => {
        fc.pre(isObject(after.metadata) && after.metadata.uid !== undefined);
        const { object: stored } = answerTo(requestOf(old, after, { userInfo: first }));
        expect(answerTo(requestOf(stored, stored, { userInfo: second })).patch).toEqual([]);
      },
    ),
    { numRuns: 1000 },
  );
});

test("after a write of nopea's own to what it manages: the same", () => {
  fc.assert(
    fc.property(managed, managed, someone, (before, after, user) => {
      const { object: stored } = answerTo(requestOf(before, after, { userInfo: NOPEA }));
      expect(answerTo(requestOf(stored, stored, { userInfo: user })).patch).toEqual([]);
      expect(answerTo(requestOf(stored, stored, { userInfo: NOPEA })).patch).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("whatever people write: a managed object keeps its marks, and what only the hook writes is sealed or not there", () => {
  fc.assert(
    fc.property(managed, object, someone, (before, after, user) => {
      if (!isObject(after.metadata)) return;
      const {
        labels,
        annotations,
        object: stored,
      } = answerTo(requestOf(before, after, { userInfo: user }));
      const was = answerTo(requestOf(before, before)).object;
      expect(labels).toMatchObject({
        "nopea.io/repository": "my-app",
        "nopea.io/repository-namespace": "shop",
      });
      const { annotations: old } = was.metadata as { annotations?: JsonObject };
      expect(annotations["nopea.io/applied"]).toBe(old?.["nopea.io/applied"]);
      expect(
        readEvidence(
          { ...stored, metadata: { ...(stored.metadata as JsonObject), uid: "u-1" } },
          verify,
        ).unsealed,
      ).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

const REPEATS = 5;

/** Of processor time, and the quickest of some: others use the machine, too. */
function millisecondsOf(before: JsonObject, after: JsonObject): number {
  const request = requestOf(before, after);
  const times = Array.from({ length: REPEATS }, () => {
    const start = process.cpuUsage();
    admit(request, knowing({ showValues: "all" }));
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

const marked = (more: JsonObject, fieldsV1: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata: {
    name: "it",
    uid: "u-1",
    labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
    managedFields: [{ manager: "nopea:shop/my-app", operation: "Apply", fieldsV1 }],
  },
  ...more,
});

test("an object of 1 MB, one value or thousands of items: quick", () => {
  const one = marked({ data: { a: "x".repeat(1_000_000) } }, { "f:data": { "f:a": {} } });
  expect(millisecondsOf(one, changed(one, { data: { a: "y".repeat(1_000_000) } }))).toBeLessThan(
    250,
  );

  const items = Array.from({ length: 4000 }, (_, at) => ({
    name: `item-${at}`,
    value: `${"v".repeat(60)}${at}`,
  }));
  const entries = items.map(({ name }): [string, Json] => [
    `k:${JSON.stringify({ name })}`,
    { ".": {}, "f:name": {}, "f:value": {} },
  ]);
  const many = marked(
    { spec: { items } },
    { "f:spec": { "f:items": Object.fromEntries(entries) } },
  );
  expect(JSON.stringify(many).length).toBeGreaterThan(500_000);
  const emptied = { ...many, spec: { items: [] } };
  const rewritten = { ...many, spec: { items: items.map(item => ({ ...item, value: "w" })) } };
  const edited = { ...many, spec: { items: items.with(2000, { name: "item-2000", value: "w" }) } };
  expect(millisecondsOf(many, structuredClone(many))).toBeLessThan(1_000);
  expect(millisecondsOf(many, edited)).toBeLessThan(1_000);
  // each item by itself
  expect(millisecondsOf(many, emptied)).toBeLessThan(5_000);
  expect(millisecondsOf(many, rewritten)).toBeLessThan(5_000);
});
