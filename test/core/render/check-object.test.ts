import { describe, expect, it } from "vitest";
import { checkObject } from "../../../src/core/render/check-object";
import type { Json, JsonObject } from "../../../src/model/json";

describe("checkObject", () => {
  it("a complete object: nothing to say", () => {
    expect(checkObject(configMap({ labels: { a: "b" }, annotations: null }))).toEqual([]);
  });

  it("neither apiVersion nor kind: both are told", () => {
    expect(checkObject({})).toEqual(["apiVersion is missing: add it", "kind is missing: add it"]);
  });

  it.each<[string, JsonObject, string]>([
    [
      "apiVersion as a number",
      { apiVersion: 1, kind: "A" },
      "apiVersion is a number and must be a string: quote it",
    ],
    ["an empty kind", { apiVersion: "v1", kind: "" }, "kind is missing: add it"],
    [
      "no metadata",
      { apiVersion: "v1", kind: "A" },
      "metadata is missing: add it with the object's name",
    ],
    [
      "metadata as a list",
      { apiVersion: "v1", kind: "A", metadata: [] },
      "metadata is a list and must be a map",
    ],
    [
      "two slashes",
      { ...configMap({}), apiVersion: "a/b/c" },
      "apiVersion must be `version` or `group/version`: correct it",
    ],
    [
      "a kind with a group",
      { ...configMap({}), kind: "Pod.v1" },
      "kind must be one word: correct it",
    ],
  ])("%s: one problem", (_, object, message) => {
    expect(checkObject(object)).toEqual([message]);
  });

  it.each<[string, Record<string, Json | undefined>, string]>([
    ["no name", { name: undefined }, "metadata.name is missing: add it"],
    ["an empty name", { name: "" }, "metadata.name is missing: add it"],
    ["a number as name", { name: 7 }, "metadata.name is a number and must be a string: quote it"],
    [
      "a name that leaves its URL",
      { name: "../x" },
      "metadata.name holds a character that no name may hold: correct it",
    ],
    [
      "generateName alone",
      { name: undefined, generateName: "x-" },
      "metadata.generateName would make another object at every sync: give it a metadata.name",
    ],
    [
      "a number as namespace",
      { namespace: 7 },
      "metadata.namespace is a number and must be a string: quote it",
    ],
    [
      "a namespace that leaves its URL",
      { namespace: ".." },
      "metadata.namespace is no name of a namespace: correct it",
    ],
    [
      "an unquoted true",
      { labels: { tier: true } },
      'metadata.labels["tier"] is a boolean and must be a string: quote it',
    ],
    [
      "an unquoted number",
      { annotations: { x: 1 } },
      'metadata.annotations["x"] is a number and must be a string: quote it',
    ],
    [
      "a map as a label",
      { labels: { x: {} } },
      'metadata.labels["x"] is a map and must be a string: correct it',
    ],
    [
      "labels as a list",
      { labels: ["a"] },
      "metadata.labels is a list and must be a map of strings",
    ],
  ])("%s in metadata: one problem", (_, metadata, message) => {
    expect(checkObject(configMap(metadata))).toEqual([message]);
  });

  it.each<[string, JsonObject, readonly string[]]>([
    [
      "a number",
      { stringData: { a: 1 } },
      ['stringData["a"] is a number and must be a string: quote it'],
    ],
    ["a list", { stringData: [] }, ["stringData is a list and must be a map of strings"]],
    [
      "data as a list beside it",
      { stringData: { a: "x" }, data: [] },
      ["data must be a map: correct it"],
    ],
    ["an empty value", { stringData: { a: null } }, []],
    ["empty", { stringData: null }, []],
  ])("stringData of a Secret, %s: as an API server judges", (_, fields, expected) => {
    expect(checkObject({ ...configMap({}), kind: "Secret", ...fields })).toEqual(expected);
  });
});

function configMap(metadata: Record<string, Json | undefined>): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", ...metadata } };
}
