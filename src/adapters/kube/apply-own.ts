/** Applies objects of nopea's own, which it brings along: its CustomResourceDefinitions and its Service. */
import { NopeaError } from "../../model/errors";
import type { JsonObject } from "../../model/json";
import { APPLY_PATCH, type Kube } from "./client";

const MANAGER = "nopea";

interface OwnObject {
  readonly path: string;
  /** For the error. */
  readonly name: string;
  readonly object: JsonObject;
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
    query: { fieldManager: MANAGER, force: "true" },
    contentType: APPLY_PATCH,
    body: JSON.stringify(object),
    signal,
  });
  if (status < 300) return body;
  // an API server before 1.22 answers 415 to server-side apply, or knows no apiextensions.k8s.io/v1
  const message = typeof body.message === "string" ? body.message : `HTTP ${status}`;
  throw new NopeaError("object-refused", `${name}: ${message}`);
}
