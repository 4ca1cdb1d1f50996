/** One golden case of drift: a folder of YAML files, see test/fixtures/drift/README.md. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { sha256 } from "../../src/adapters/sha256";
import { takeSnapshot, type Reader } from "../../src/core/drift/snapshot";
import { compareThreeWay } from "../../src/core/drift/three-way";
import { parseFile } from "../../src/core/render/parse-file";
import type { ObjectDrift } from "../../src/model/drift";
import { parsePath, type FieldPath } from "../../src/model/field-path";
import type { JsonObject } from "../../src/model/json";
import type { Manifest } from "../../src/model/manifest";
import { ownerMarks } from "../../src/model/ownership";

export const CASES = join(__dirname, "../fixtures/drift");
export const MARKS = ownerMarks({ namespace: "shop", name: "my-app" }, sha256);
export const READER: Reader = { fieldManager: MARKS.fieldManager, sha256, verifySeal: () => false };

export interface DriftCase {
  /** What Git declared when the object was applied; undefined: not known any more. */
  readonly base: Manifest | undefined;
  readonly desired: Manifest;
  readonly applied: JsonObject;
  readonly live: JsonObject | undefined;
}

/** Reads a case; without desired.yaml Git has not changed, without base.yaml its base is not known. */
export function readCase(name: string): DriftCase {
  const base = readManifest(name, "base.yaml");
  const desired = readManifest(name, "desired.yaml") ?? base;
  const applied = readObject(name, "applied.yaml");
  if (desired === undefined || applied === undefined) throw new Error(`${name} is not complete`);
  return { base, desired, applied, live: readObject(name, "live.yaml") };
}

/** What nopea says about a case; `base` unknown: the answer was to what Git declares now. */
export function driftOf({ base, desired, applied, live }: DriftCase): ObjectDrift {
  const snapshot = takeSnapshot(applied, base ?? desired, READER);
  return compareThreeWay({ base, desired, live, snapshot }, READER);
}

/** The path that a text writes; throws for one that is none. */
export function pathOf(text: string): FieldPath {
  const path = parsePath(text);
  if (path === undefined) throw new Error(`${text} is no path`);
  return path;
}

/** A manifest as nopea reads and marks it. */
export function readManifest(name: string, file: string): Manifest | undefined {
  const path = join(CASES, name, file);
  if (!existsSync(path)) return undefined;
  const { declared, problems } = parseFile({ path, content: readFileSync(path) });
  const [first] = declared;
  if (first === undefined) throw new Error(`${path}: ${JSON.stringify(problems)}`);
  const { manifest } = first;
  const labels = { ...manifest.metadata.labels, ...MARKS.labels };
  return { ...manifest, metadata: { ...manifest.metadata, namespace: "shop", labels } };
}

/** A file as it is; undefined where there is none. */
export function readObject(name: string, file: string): JsonObject | undefined {
  const path = join(CASES, name, file);
  return existsSync(path) ? (parse(readFileSync(path, "utf8")) as JsonObject) : undefined;
}
