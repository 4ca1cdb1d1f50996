/** Objects as YAML that kubectl reads as nopea means it. */
import { stringify } from "yaml";
import { isObject, type JsonObject } from "../../model/json";
import type { Manifest } from "../../model/manifest";

/** What stands for a value of a Secret. */
const HIDDEN_VALUE = "(hidden)";

/** One document each, with comments before the first. */
export function toDocuments(manifests: readonly Manifest[], comments: readonly string[]): string {
  const head = comments.flatMap(comment => comment.split("\n")).map(line => `# ${line}`);
  const documents = manifests.map(manifest =>
    // kubectl reads YAML 1.1, where a bare `on` is true
    stringify(manifest, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }).trimEnd(),
  );
  return [...head, documents.join("\n---\n")].join("\n");
}

/** The object as it may be shown: of a Secret, the names of its keys alone. An API server takes it all the same. */
export function withoutValues(manifest: Manifest): Manifest {
  if (manifest.kind !== "Secret" || manifest.apiVersion !== "v1") return manifest;
  const { data, stringData } = manifest;
  return {
    ...manifest,
    ...(isObject(data) ? { data: hidden(data, encode) } : {}),
    ...(isObject(stringData) ? { stringData: hidden(stringData, text => text) } : {}),
  };
}

function hidden(values: JsonObject, write: (text: string) => string): JsonObject {
  return Object.fromEntries(
    // those have to be JSON
    Object.keys(values).map(key => [key, write(key.startsWith(".docker") ? "{}" : HIDDEN_VALUE)]),
  );
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
