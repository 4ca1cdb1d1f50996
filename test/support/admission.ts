/** Admission requests as an API server sends them, and what they leave of an object. */
import { createHmac } from "node:crypto";
import { sha256 } from "../../src/adapters/sha256";
import { clock } from "../../src/adapters/clock";
import { admit } from "../../src/core/evidence/admit";
import type { Knowing, Managing } from "../../src/core/evidence/knowing";
import { parseRequest } from "../../src/core/evidence/parse-request";
import { textsOf } from "../../src/core/evidence/own-names";
import type { Admission, AdmissionRequest } from "../../src/model/admission";
import { isObject, type Json, type JsonObject } from "../../src/model/json";
import { groupOf } from "../../src/model/manifest";
import { patched } from "./json-patch";

/** 2026-01-15T10:30:00.250Z */
export const NOW = 1_768_473_000_250;

export const LARRY = { username: "larry", groups: ["sre", "system:authenticated"] };
export const NOPEA = { username: "system:serviceaccount:pepr-system:pepr-nopea", groups: [] };

export const seal = (text: string) => createHmac("sha256", "key").update(text).digest("base64");
export const verify = (text: string, signature: string) => seal(text) === signature;

export const MANAGING: Managing = {
  namespace: "shop",
  name: "my-app",
  healPolicy: "auto",
  graceMs: 300_000,
  suspended: false,
  conflictPolicy: "git",
};

export function knowing(more: Partial<Knowing> = {}): Knowing {
  return {
    now: NOW,
    sha256,
    seal,
    showValues: "safe",
    rfc3339: milliseconds => clock.rfc3339(milliseconds),
    repositoryOf: () => MANAGING,
    openFields: () => [],
    ...more,
  };
}

/** The request of a write that makes `after` of `before`; undefined: it is created. */
export function requestOf(
  before: JsonObject | undefined,
  after: JsonObject,
  more: JsonObject = {},
): AdmissionRequest {
  const { apiVersion, kind, metadata } = after;
  const { namespace, name } = isObject(metadata) ? metadata : {};
  const plural = `${typeof kind === "string" ? kind.toLowerCase() : ""}s`;
  const group = groupOf(typeof apiVersion === "string" ? apiVersion : "");
  const request = parseRequest({
    uid: "r-1",
    operation: before === undefined ? "CREATE" : "UPDATE",
    kind: { group, version: "v1", kind },
    resource: { group, version: "v1", resource: plural },
    namespace,
    name,
    userInfo: LARRY,
    options: { fieldManager: "kubectl-edit" },
    object: after,
    oldObject: before ?? null,
    ...more,
  });
  if (request === undefined) throw new Error("that is no request");
  return request;
}

export interface Answer extends Admission {
  /** The object as it is stored. */
  readonly object: JsonObject;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** What the stamp says. */
  readonly stamp: Json | undefined;
}

export function answerTo(request: AdmissionRequest, known: Knowing = knowing()): Answer {
  const admission = admit(request, known);
  const object = patched(request.object ?? {}, admission.patch) as JsonObject;
  const annotations = textsOf(object, "annotations");
  const stamp = annotations["nopea.io/manual-edit"];
  return {
    ...admission,
    object,
    annotations,
    labels: textsOf(object, "labels"),
    stamp: stamp === undefined ? undefined : (JSON.parse(stamp) as Json),
  };
}

/** The object with other labels, annotations (null: without) or members. */
export function changed(object: JsonObject, change: JsonObject): JsonObject {
  return merge(object, change) as JsonObject;
}

/** A JSON merge patch. */
function merge(value: Json | undefined, change: Json | undefined): Json | undefined {
  if (!isObject(change)) return change;
  const merged: Record<string, Json | undefined> = { ...(isObject(value) ? value : {}) };
  for (const [name, below] of Object.entries(change)) {
    merged[name] = below === null ? undefined : merge(merged[name], below);
  }
  return Object.fromEntries(Object.entries(merged).filter(([, member]) => member !== undefined));
}
