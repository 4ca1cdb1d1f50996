/** Applies objects of nopea's own, which it brings along: CustomResourceDefinitions, webhook configurations, its Service. */
import { NopeaError } from "../../model/errors";
import { isList, isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import { sha256 } from "../sha256";
import { APPLY_PATCH, type Kube } from "./client";
import { isAppliedAlone, OWN_MANAGER } from "./own-object";

/** The digest of what was applied: what a newer nopea leaves out is still there, and equal as far as it is declared. */
const ANNOTATION_CONTENT = "nopea.io/content";

interface OwnObject {
  readonly path: string;
  /** For the error. */
  readonly name: string;
  readonly object: JsonObject;
}

interface SeenObject extends OwnObject {
  /** As it is now, as far as that is known. */
  readonly live: JsonObject | undefined;
}

/** As applyOwn, but nothing is written where the object is as it is to be: a restart writes nothing. */
export async function putOwn(
  kube: Kube,
  { live, object, ...own }: SeenObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const marked = withDigest(object);
  // items of a list have neither: the path says them
  const { kind, apiVersion } = object;
  if (live !== undefined && isAppliedAlone(live) && holds({ ...live, kind, apiVersion }, marked)) {
    return live;
  }
  return applyOwn(kube, { ...own, object: marked }, signal);
}

function withDigest(object: JsonObject): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const declared = isObject(metadata.annotations) ? metadata.annotations : {};
  const annotations = { ...declared, [ANNOTATION_CONTENT]: sha256(toCanonicalJson(object)) };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** Everything that is declared is there; lists as a whole. */
function holds(live: Json | undefined, declared: Json | undefined): boolean {
  if (isObject(declared)) {
    return isObject(live) && Object.keys(declared).every(key => holds(live[key], declared[key]));
  }
  if (!isList(declared)) return live === declared;
  if (!isList(live) || live.length !== declared.length) return false;
  return declared.every((item, index) => holds(live[index], item));
}

/** The object as it is now. Forced: nobody else may have it otherwise. Rejects when the server refuses. */
export async function applyOwn(
  kube: Kube,
  { path, name, object }: OwnObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { status, body } = await kube({
    method: "PATCH",
    path,
    query: { fieldManager: OWN_MANAGER, force: "true" },
    contentType: APPLY_PATCH,
    body: JSON.stringify(object),
    signal,
  });
  if (status < 300) return body;
  // an API server before 1.22 answers 415 to server-side apply, or knows no apiextensions.k8s.io/v1
  const message = typeof body.message === "string" ? body.message : `HTTP ${status}`;
  throw new NopeaError("object-refused", `${name}: ${message}`);
}
