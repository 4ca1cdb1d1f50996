/** The script's book of one GitRepository: what each field may be in the end, and what nopea must leave alone meanwhile. */
import type { KubeObject } from "../../src/local/kube-types";
import { GONE, valueAt, type AllowedField, type ObjectKey, type Protection } from "./facts";

export type Policy = "auto" | "manual" | "grace" | "short";

export interface BookedField {
  readonly object: BookedObject;
  readonly path: readonly string[];
  git: string;
  /** What it may be once everything is quiet. */
  live: readonly string[];
  protection?: Protection;
}

export interface BookedObject {
  readonly apiVersion: string;
  readonly kind: "ConfigMap" | "Deployment";
  readonly namespace: string;
  readonly name: string;
  readonly key: ObjectKey;
  readonly fields: BookedField[];
  isSuspended: boolean;
  /** By hand, in this round. */
  edits: number;
}

const image = ["spec", "template", "spec", "containers", "0", "image"];

export interface Book {
  readonly objects: readonly BookedObject[];
  readonly protections: Protection[];
  allowed(): readonly AllowedField[];
  /** A commit changes a field; `revision`: of the cluster, just before the push. */
  committed(field: BookedField, value: string, revision: number): void;
  /** A hand has changed a field; `keeps`: whether a policy keeps it, or that this is not known. */
  edited(field: BookedField, edit: HandEdit): void;
  /** From this answer on nothing of the object may be written. */
  suspended(object: BookedObject, answer: KubeObject): void;
  resumed(object: BookedObject, revision: number, keeps: Keeps): void;
  /** All edits that are kept are healed from now on. */
  healsAll(revision: number): void;
}

export type Keeps = "yes" | "no" | "unknown";

export interface HandEdit {
  readonly value: string;
  readonly answer: KubeObject;
  readonly keeps: Keeps;
  readonly why: string;
  readonly untilTime?: number;
}

export function createBook(objects: readonly BookedObject[]): Book {
  const protections: Protection[] = [];
  const end = (field: BookedField, revision: number) => {
    if (field.protection !== undefined) field.protection.until = revision;
    delete field.protection;
  };
  const protect = (field: BookedField, edit: Omit<HandEdit, "keeps">) => {
    const { value, answer, why, untilTime } = edit;
    end(field, revisionOf(answer) - 1);
    const { key } = field.object;
    const from = revisionOf(answer);
    const until = untilTime === undefined ? {} : { untilTime };
    field.protection = { object: key, path: field.path, value, why, from, ...until };
    protections.push(field.protection);
  };
  const all = () => objects.flatMap(({ fields }) => fields);
  return {
    objects,
    protections,
    allowed: () =>
      all().map(({ object, path, git, live }) => ({
        object: object.key,
        path,
        git,
        allowed: live,
      })),
    committed: (field, value, revision) => {
      field.git = value;
      if (field.object.isSuspended) return;
      end(field, revision);
      // what a policy leaves deleted is not made anew by a commit
      field.live = [value, ...field.live.filter(one => one === GONE)];
    },
    edited: (field, edit) => {
      const { value, answer, keeps, untilTime } = edit;
      const isKept = keeps === "yes" || field.object.isSuspended;
      if (isKept || untilTime !== undefined) protect(field, edit);
      else end(field, revisionOf(answer) - 1);
      field.live = isKept ? [value] : keeps === "unknown" ? [field.git, value] : [field.git];
    },
    suspended: (object, answer) => {
      object.isSuspended = true;
      for (const field of object.fields) {
        const value = valueAt(answer, field.path) ?? "";
        field.live = [value];
        protect(field, { value, answer, why: "suspend-heal" });
      }
    },
    resumed: (object, revision, keeps) => {
      object.isSuspended = false;
      for (const field of object.fields) {
        end(field, revision);
        field.live = keeps === "no" ? [field.git] : [field.git, ...field.live];
      }
    },
    healsAll: revision => {
      for (const field of all().filter(({ object }) => !object.isSuspended)) {
        end(field, revision);
        field.live = [field.git];
      }
    },
  };
}

export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}

/** An object with so many fields, each as its first commit has it. */
export function bookObject(
  kind: BookedObject["kind"],
  { namespace, name }: { namespace: string; name: string },
): BookedObject {
  const isMap = kind === "ConfigMap";
  const object: BookedObject = {
    apiVersion: isMap ? "v1" : "apps/v1",
    kind,
    namespace,
    name,
    key: `${isMap ? "configmaps" : "deployments"}/${namespace}/${name}`,
    fields: [],
    isSuspended: false,
    edits: 0,
  };
  const paths = isMap
    ? [
        ["data", "one"],
        ["data", "two"],
      ]
    : [image];
  for (const path of paths) {
    const git = `git-0-${path.at(-1) ?? ""}`;
    object.fields.push({ object, path, git, live: [git] });
  }
  return object;
}

/** The file that declares it as Git has it now. */
export function textOf({ apiVersion, kind, name, fields }: BookedObject): string {
  const metadata = { name };
  if (kind === "ConfigMap") {
    const data = Object.fromEntries(fields.map(({ path, git }) => [path.at(-1) ?? "", git]));
    return JSON.stringify({ apiVersion, kind, metadata, data });
  }
  const labels = { app: name };
  const containers = [{ name: "main", image: fields[0]?.git }];
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  return JSON.stringify({ apiVersion, kind, metadata, spec });
}

/** A JSON patch that sets a field, and annotations beside it. */
export function patchOf(
  field: BookedField | undefined,
  value: string,
  annotations: Readonly<Record<string, string>> = {},
): readonly object[] {
  const set = Object.entries(annotations).map(([name, text]) => ({
    op: "add",
    path: `/metadata/annotations/${name.replaceAll("/", "~1")}`,
    value: text,
  }));
  if (field === undefined) return set;
  return [...set, { op: "replace", path: `/${field.path.join("/")}`, value }];
}
