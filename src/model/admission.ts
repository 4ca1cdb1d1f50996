/** A write as the API server shows it to a webhook before it is stored, and what the webhook answers. */
import type { JsonObject } from "./json";
import type { PatchOperation } from "./plan";

export interface AdmissionUser {
  /** "" where the request names nobody. */
  readonly name: string;
  readonly groups: readonly string[];
  /** Names of the extra attributes of the user, as `nopea.io/writer`. */
  readonly extra: readonly string[];
}

export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly dryRun: boolean;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly plural: string };
  /** "" where the object itself is written. */
  readonly subresource: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  /** "" where the API server makes one. */
  readonly name: string;
  readonly user: AdmissionUser;
  /** "" where the request names none. */
  readonly fieldManager: string;
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
}

/** Every request is let through. */
export interface Admission {
  /** Touches labels and annotations of nopea's own domain only. */
  readonly patch: readonly PatchOperation[];
  /** Lines that kubectl prints. */
  readonly warnings: readonly string[];
}
