/** What is sent while fields stay under somebody's hand. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declaredLeaves } from "../../../src/core/drift/declared-leaves";
import { withHeld } from "../../../src/core/drift/hold";
import { knownFields } from "../../../src/core/drift/own-fields";
import { valueAt } from "../../../src/core/drift/project";
import { coversPath } from "../../../src/model/field-pattern";
import { type FieldPath } from "../../../src/model/field-path";
import type { Json, JsonObject } from "../../../src/model/json";
import type { Manifest } from "../../../src/model/manifest";
import { pathOf, readCase } from "../../support/drift-case";

const metadata = { name: "it" };
const manifest = (more: JsonObject): Manifest => ({
  apiVersion: "v1",
  kind: "Thing",
  metadata,
  ...more,
});
const paths = (...texts: readonly string[]) => texts.map(pathOf);

function held(
  declared: JsonObject,
  live: JsonObject,
  ...texts: readonly string[]
): Json | undefined {
  const {
    apiVersion: _,
    kind: __,
    metadata: ___,
    ...rest
  } = withHeld(manifest(declared), manifest(live), paths(...texts));
  return rest;
}

describe("fields", () => {
  test("live's value is sent", () => {
    expect(
      held({ spec: { replicas: 2, paused: true } }, { spec: { replicas: 5 } }, "spec.replicas"),
    ).toEqual({
      spec: { replicas: 5, paused: true },
    });
  });

  test("not in live: not sent", () => {
    expect(held({ data: { a: "1", b: "2" } }, { data: { b: "3" } }, "data.a")).toEqual({
      data: { b: "2" },
    });
    expect(held({ data: { a: "1" } }, {}, "data.a")).toEqual({ data: {} });
  });

  test("not declared, and in live: sent, with what it stands in", () => {
    expect(held({}, { spec: { strategy: { type: "Recreate" } } }, "spec.strategy.type")).toEqual({
      spec: { strategy: { type: "Recreate" } },
    });
  });

  test("neither declared nor in live: nothing", () => {
    const declared = manifest({ spec: {} });
    const nowhere = paths(
      "spec.a.b",
      "other",
      "spec.list[name=x]",
      "spec.list[name=x].y",
      "spec.set[=1]",
      "spec.list[0].x",
    );
    expect(withHeld(declared, manifest({}), nowhere)).toBe(declared);
  });

  test("names that JavaScript gives a meaning", () => {
    const data = JSON.parse('{"__proto__": "edited", "constructor": "edited"}') as JsonObject;
    const sent = held({ data: { a: "1" } }, { data }, "data.__proto__", "data.constructor");
    expect(JSON.stringify(sent)).toBe(
      '{"data":{"a":"1","__proto__":"edited","constructor":"edited"}}',
    );
  });
});

describe("items by key", () => {
  const port = (containerPort: number, more: JsonObject = {}) => ({ containerPort, ...more });

  test("found with the default protocol; the order stays", () => {
    const declared = { ports: [port(80, { name: "a" }), port(81, { name: "b" })] };
    const live = {
      ports: [port(81, { protocol: "TCP", name: "edited" }), port(80, { protocol: "TCP" })],
    };
    expect(held(declared, live, "ports[containerPort=81,protocol=TCP].name")).toEqual({
      ports: [port(80, { name: "a" }), port(81, { name: "edited" })],
    });
  });

  test("removed by hand: left out; there: as live has it", () => {
    const declared = {
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
    };
    const live = { env: [{ name: "B", valueFrom: { x: 1 } }] };
    expect(held(declared, live, "env[name=A]", "env[name=B]")).toEqual(live);
  });

  test("dropped from Git: sent with its keys and what is held", () => {
    const live = { containers: [{ name: "api", image: "x:2", args: ["a"] }] };
    expect(held({}, live, "containers[name=api].image")).toEqual({
      containers: [{ name: "api", image: "x:2" }],
    });
  });

  test("a field of an item that live has not and that is not held: as declared", () => {
    const declared = { containers: [{ name: "api", image: "x:1" }] };
    expect(held(declared, { containers: [] }, "containers[name=api].image")).toEqual(declared);
    expect(held(declared, {}, "containers[name=api].image", "containers[name=api]")).toEqual({
      containers: [],
    });
  });

  test("removed by hand, and told with its parts: gone, and its neighbour is not taken for it", () => {
    const declared = { ports: [port(53, { name: "dns" })] };
    const live = { ports: [port(54, { protocol: "TCP", name: "dns" })] };
    const parts = [
      "ports[containerPort=53,protocol=TCP].containerPort",
      "ports[containerPort=53,protocol=TCP]",
    ];
    const sent = held(
      declared,
      live,
      parts[0] ?? "",
      "ports[containerPort=54,protocol=TCP].name",
      ...parts,
    );
    expect(sent).toEqual({ ports: [port(54, { protocol: "TCP", name: "dns" })] });
  });

  test("the same key twice in live: once", () => {
    const live = {
      env: [
        { name: "A", value: "2" },
        { name: "A", value: "3" },
      ],
    };
    expect(held({ env: [{ name: "A", value: "1" }] }, live, "env[name=A]")).toEqual({
      env: [{ name: "A", value: "2" }],
    });
  });
});

describe("sets and positions", () => {
  test("members", () => {
    expect(
      held({ set: ["a", "b"] }, { set: ["c", "b"] }, 'set[="a"]', 'set[="b"]', 'set[="c"]'),
    ).toEqual({
      set: ["b", "c"],
    });
  });

  test("positions", () => {
    const all = ["list[0]", "list[1]", "list[2]"];
    expect(held({ list: [1, 2, 3] }, { list: [4] }, ...all)).toEqual({ list: [4] });
    expect(held({ list: [1] }, { list: [4, 5, 6] }, ...all)).toEqual({ list: [4, 5, 6] });
  });
});

describe("laws, over what was recorded of real objects", () => {
  const cases = [
    "edit",
    "undo-env-to-value-from",
    "port-renumbered",
    "removed-list-item",
    "undo-renamed-container",
    "secret-key-removed",
  ]
    .map(readCase)
    .flatMap(({ base, live }) =>
      base === undefined || live === undefined ? [] : [{ declared: base, live }],
    );
  const anything = fc.constantFrom(...cases).chain(({ declared, live }) => {
    const leaves = [
      ...declaredLeaves(declared, knownFields(live)),
      ...declaredLeaves(live, knownFields(live)),
    ];
    const wholes = leaves.flatMap(path =>
      path.flatMap((element, at) => (element.kind === "item" ? [path.slice(0, at + 1)] : [])),
    );
    const some = fc.subarray(
      [...leaves, ...wholes].filter(
        ([first]) => first?.kind === "field" && first.name !== "status",
      ),
    );
    return fc.record({ declared: fc.constant(declared), live: fc.constant(live), fields: some });
  });

  test("there are some", () => {
    expect(cases).toHaveLength(6);
  });

  test("nothing held: the manifest itself", () => {
    fc.assert(
      fc.property(anything, ({ declared, live }) => {
        expect(withHeld(declared, live, [])).toBe(declared);
      }),
    );
  });

  test("what is held is as in live; what is not is as declared; the manifest is not written to", () => {
    fc.assert(
      fc.property(anything, ({ declared, live, fields }) => {
        const frozen = JSON.stringify(declared);
        const sent = withHeld(declared, live, fields);
        const isHeld = (path: FieldPath) =>
          fields.some(field => coversPath(field, path) || coversPath(path, field));
        for (const path of fields) {
          if (!isBelowLostItem(live, path))
            expect(valueAt(sent, path)).toEqual(valueAt(live, path));
        }
        for (const path of declaredLeaves(declared, knownFields(live))) {
          if (!isHeld(path)) expect(valueAt(sent, path)).toBe(valueAt(declared, path));
        }
        expect(JSON.stringify(declared)).toBe(frozen);
      }),
    );
  });

  function isBelowLostItem(live: JsonObject, path: FieldPath): boolean {
    return path.some(
      (element, at) =>
        element.kind === "item" && valueAt(live, path.slice(0, at + 1)) === undefined,
    );
  }
});
