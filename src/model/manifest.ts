/** A Kubernetes object as Git declares it, and as nopea wants it in the cluster. */
import type { JsonObject } from "./json";
import type { ObjectKey } from "./object-key";

export interface Metadata extends JsonObject {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** Where in the repository something stands; lines count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

/** An object as a file of the repository declares it. */
export interface Declared {
  readonly manifest: Manifest;
  readonly source: SourcePosition;
}

/** What is wrong with a file, in words for its author: what, where, and what to do. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** A kind as manifests name it. */
export interface TypeRef {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A kind as the API server (or a CRD of the same commit) serves it. */
export interface KindInfo extends TypeRef {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** An object as nopea applies it: namespace resolved, labels set, `nopea.io/applied` not yet in it. */
export interface Desired {
  readonly key: ObjectKey;
  readonly kind: KindInfo;
  readonly manifest: Manifest;
  /** Hex SHA-256 of the manifest's canonical JSON. */
  readonly digest: string;
  readonly source: SourcePosition;
}

/** How an apiVersion and a kind are looked up together: `apps/v1/Deployment`, `v1/ConfigMap`. */
export function kindId({ apiVersion, kind }: TypeRef): string {
  return `${apiVersion}/${kind}`;
}

/** The inverse of kindId. */
export function typeOfId(id: string): TypeRef {
  const slash = id.lastIndexOf("/");
  return { apiVersion: id.slice(0, slash), kind: id.slice(slash + 1) };
}

/** The API group of an apiVersion: `apps/v1` → `apps`, `v1` → "". */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
