/** What an object holds at the fields of a set. */
import { describe, expect, test } from "vitest";
import { project, valueAt } from "../../../src/core/drift/project";
import { declaredLeaves } from "../../../src/core/drift/declared-leaves";
import { isSame, meets } from "../../../src/core/drift/equality";
import { formatPath, parsePath } from "../../../src/model/field-path";
import { NO_FIELDS, parseFieldSet } from "../../../src/model/field-set";
import type { Json, JsonObject } from "../../../src/model/json";

const FIELDS = parseFieldSet({
  "f:spec": {
    "f:selector": {},
    "f:args": {},
    "f:ports": {
      'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:name": {} },
      'k:{"containerPort":80,"protocol":"UDP"}': { ".": {}, "f:name": {} },
    },
    "f:finalizers": { 'v:"x"': {} },
    "f:third": { "i:2": {} },
  },
}).fields;

const projected = (spec: JsonObject) =>
  Object.fromEntries(project({ spec }, FIELDS).map(({ path, value }) => [formatPath(path), value]));

test("an atomic field: its whole value, order included", () => {
  const whole = projected({ selector: { a: "1", b: { c: 2 } }, args: ["a", "b"] });
  expect(whole["spec.selector"]).toEqual({ a: "1", b: { c: 2 } });
  expect(whole["spec.args"]).toEqual(["a", "b"]);
});

test("keyed lists and sets: by key, whatever the order", () => {
  const tcp = { containerPort: 80, protocol: "TCP", name: "web" };
  const udp = { containerPort: 80, protocol: "UDP", name: "quic" };
  const spec = { ports: [tcp, udp], finalizers: ["y", "x"], third: [0, 1, "2"] };
  expect(projected({ ...spec, ports: [udp, tcp] })).toEqual(projected(spec));
  expect(projected(spec)).toMatchObject({
    "spec.ports[containerPort=80,protocol=TCP].name": "web",
    "spec.ports[containerPort=80,protocol=UDP].name": "quic",
    'spec.finalizers[="x"]': "x",
    "spec.third[2]": "2",
  });
});

describe("a list key that is missing in a manifest", () => {
  test("protocol: it is TCP, and nothing else", () => {
    const values = projected({ ports: [{ containerPort: 80, name: "web" }] });
    expect(values["spec.ports[containerPort=80,protocol=TCP].name"]).toBe("web");
    expect(values["spec.ports[containerPort=80,protocol=UDP].name"]).toBeUndefined();
  });

  test("a default that only the API server knows: the item that agrees in the others", () => {
    const path = parsePath("list[id=1,zone=a].value") ?? [];
    const list = [
      { id: 2, value: "two" },
      { id: 1, value: "one" },
    ];
    expect(valueAt({ list }, path)).toBe("one");
    expect(valueAt({ list: [...list, { id: 1, zone: "a", value: "exact" }] }, path)).toBe("exact");
  });
});

test("the same key twice in a list: both values, so that the second one shows", () => {
  const port = { containerPort: 80, protocol: "TCP" };
  const values = projected({
    ports: [
      { ...port, name: "a" },
      { ...port, name: "b" },
    ],
  });
  expect(values["spec.ports[containerPort=80,protocol=TCP].name"]).toEqual(["a", "b"]);
});

test("an object of another shape: everything absent, nothing thrown", () => {
  for (const spec of [undefined, null, 1, "x", [], { ports: {}, third: "abc", finalizers: 1 }]) {
    const values = project({ spec }, FIELDS).map(({ value }) => value);
    expect(values.every(value => value === undefined)).toBe(true);
  }
});

test("names that are special in JavaScript: fields like any other", () => {
  const { fields } = parseFieldSet({ "f:data": { "f:__proto__": {}, "f:constructor": {} } });
  const object = JSON.parse('{"data":{"__proto__":"a"}}') as JsonObject;
  expect(project(object, fields).map(({ value }) => value)).toEqual(["a", undefined]);
});

test("a value nested without end: another value than any that was declared", () => {
  let deep: Json = "end";
  for (let depth = 0; depth < 50_000; depth += 1) deep = depth % 2 === 0 ? [deep] : { a: deep };
  expect(projected({ selector: deep })["spec.selector"]).toBe("(nested too deeply)");
});

test("20,000 items by key: in one pass", { timeout: 30_000 }, () => {
  const names = Array.from({ length: 20_000 }, (_, at) => `n${at}`);
  const { fields } = parseFieldSet({
    "f:list": Object.fromEntries(names.map(name => [`k:{"name":"${name}"}`, { "f:value": {} }])),
  });
  const list = names.map(name => ({ name, value: name }));
  expect(project({ list }, fields).every(({ value }) => typeof value === "string")).toBe(true);
});

describe("what a live value is to a declared one", () => {
  test.each([
    [undefined, "", true],
    [undefined, false, true],
    [undefined, [], true],
    [undefined, { a: { b: null } }, true],
    ["", null, true],
    [undefined, "a", false],
    ["a", undefined, false],
    ["", undefined, false],
    [0, undefined, false],
    [{ a: {} }, {}, true],
    [{ a: 1 }, { a: 1, b: "" }, true],
    [{ a: 1, b: "foreign" }, { a: 1 }, false],
    [[{ a: 1 }], [{ a: 1, b: {} }], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    ["500m", "0.5", false],
    ["1", 1, false],
  ] as [Json | undefined, Json | undefined, boolean][])(
    "%j meets %j: %j",
    (live, declared, met) => {
      expect(meets(live, declared)).toBe(met);
    },
  );

  test("a number beyond 2^53: as it was rounded when it was read", () => {
    expect(meets(9007199254740992, 9007199254740993n)).toBe(true);
    expect(meets(9007199254740990, 9007199254740993n)).toBe(false);
  });

  test("two of the same origin: absent is not empty", () => {
    expect(isSame(undefined, "")).toBe(false);
    expect(isSame({ a: 1, b: [2n] }, { b: [2n], a: 1 })).toBe(true);
  });
});

describe("the fields that a manifest declares", () => {
  const MANIFEST: JsonObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", namespace: "b", labels: { x: "y" } },
    spec: {
      selector: { a: "1" },
      args: [],
      ports: [{ containerPort: 80, name: "web" }],
      finalizers: ["x", "z"],
      other: [{ name: "q" }],
      volume: { emptyDir: {} },
    },
  };

  test.each([
    [
      "divided as the set knows them",
      FIELDS,
      [
        "spec.selector",
        "spec.args",
        "spec.ports[containerPort=80,protocol=TCP].containerPort",
        "spec.ports[containerPort=80,protocol=TCP].name",
        'spec.finalizers[="x"]',
        'spec.finalizers[="z"]',
      ],
    ],
    [
      "without a set: lists as a whole",
      NO_FIELDS,
      ["spec.selector.a", "spec.args", "spec.ports", "spec.finalizers"],
    ],
  ])("%s", (_, fields, expected) => {
    const all = [...expected, "spec.other", "spec.volume.emptyDir", "metadata.labels.x"];
    expect(declaredLeaves(MANIFEST, fields).map(formatPath)).toEqual(all);
  });
});
