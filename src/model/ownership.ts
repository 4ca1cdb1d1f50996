/** How nopea marks an object as managed by one GitRepository: field manager, labels and the annotation `nopea.io/applied`. */
import { ANNOTATION_APPLIED, LABEL_REPOSITORY, LABEL_REPOSITORY_NAMESPACE } from "./annotations";
import type { Manifest } from "./manifest";

/** Namespace and name of a GitRepository, or what their labels hold of them. */
export interface RepositoryName {
  readonly namespace: string;
  readonly name: string;
}

/** Hex SHA-256 of a text: handed to pure code by whoever calls it. */
export type Sha256 = (text: string) => string;

/** Everything that says "this one's": computed once a repository. */
export interface OwnerMarks {
  readonly repository: RepositoryName;
  readonly fieldManager: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The marks of a repository; names too long for a label or a field manager are cut and hashed (contract.md). */
export function ownerMarks(repository: RepositoryName, sha256: Sha256): OwnerMarks {
  return {
    repository: { namespace: repository.namespace, name: repository.name },
    fieldManager: fieldManagerOf(repository, sha256),
    labels: {
      [LABEL_REPOSITORY]: labelValue(repository.name, sha256),
      [LABEL_REPOSITORY_NAMESPACE]: labelValue(repository.namespace, sha256),
    },
  };
}

/** `nopea:<namespace>/<name>`; beyond the 128 characters that the API server takes, its first 119, `-` and 8 hex digits. */
function fieldManagerOf({ namespace, name }: RepositoryName, sha256: Sha256): string {
  const full = `nopea:${namespace}/${name}`;
  return full.length <= 128 ? full : `${full.slice(0, 119)}-${sha256(full).slice(0, 8)}`;
}

/** A label's value: names beyond 63 characters become their first 54, `-` and the first 8 hex digits of their SHA-256. */
function labelValue(name: string, sha256: Sha256): string {
  return name.length <= 63 ? name : `${name.slice(0, 54)}-${sha256(name).slice(0, 8)}`;
}

/** True where an object's labels are this repository's. */
export function isLabelledAs(
  { labels }: Pick<OwnerMarks, "labels">,
  live: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(labels).every(([name, value]) => live[name] === value);
}

/** What `nopea.io/applied` says: which content an object got, and from which commit. */
export interface Applied {
  readonly digest: string;
  readonly commit: string;
}

/** `v1:<digest>@<commit>` */
export function formatApplied({ digest, commit }: Applied): string {
  return `v1:${digest}@${commit}`;
}

/** A manifest with nopea's mark on it. */
export function withApplied(manifest: Manifest, applied: Applied): Manifest {
  const { metadata } = manifest;
  const annotations = { ...metadata.annotations, [ANNOTATION_APPLIED]: formatApplied(applied) };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/** Undefined when the annotation is absent or not of nopea's making. */
export function parseApplied(annotations: Readonly<Record<string, string>>): Applied | undefined {
  const match = /^v1:([0-9a-f]+)@([0-9a-f]+)$/.exec(annotations[ANNOTATION_APPLIED] ?? "");
  const [, digest, commit] = match ?? [];
  return digest === undefined || commit === undefined ? undefined : { digest, commit };
}

/** Which repository an object's labels name; undefined when it has none of them. */
export function labelledOwner(
  labels: Readonly<Record<string, string>>,
): RepositoryName | undefined {
  const name = labels[LABEL_REPOSITORY];
  if (name === undefined) return undefined;
  return { name, namespace: labels[LABEL_REPOSITORY_NAMESPACE] ?? "" };
}

/** Which repository a field manager stands for; undefined for every manager that is not nopea. */
export function managingRepository(manager: string): RepositoryName | undefined {
  const [, namespace, name] = /^nopea:([^/]+)\/(.+)$/.exec(manager) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}
