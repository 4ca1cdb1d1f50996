/** From a checked object of Git to a manifest: without what belongs to a server, and with nothing only a server understands. */
import {
  ANNOTATION_IGNORE,
  ANNOTATION_PRUNE,
  ANNOTATION_RECREATE,
  isOwnName,
} from "../../model/annotations";
import { type Json, type JsonObject, isObject } from "../../model/json";
import type { Manifest, Metadata } from "../../model/manifest";
import { encodeStringData } from "./string-data";

export interface Cleaned {
  readonly manifest: Manifest;
  /** What of the object does not count, one clause each. */
  readonly notices: readonly string[];
}

/** Fields that an API server writes; `kubectl get -o yaml` brings them into Git. */
const SERVER_FIELDS: ReadonlySet<string> = new Set([
  "managedFields",
  "resourceVersion",
  "uid",
  "creationTimestamp",
  "generation",
  "selfLink",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
]);

/** kubectl's copy of the whole object, a Secret's values included: server-side apply needs none. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

const FROM_GIT: ReadonlySet<string> = new Set([
  ANNOTATION_PRUNE,
  ANNOTATION_IGNORE,
  ANNOTATION_RECREATE,
]);

/** The manifest of an object that checkObject found nothing wrong with. */
export function cleanObject(object: JsonObject): Cleaned {
  const { metadata, status, ...rest } = encodeStringData(object);
  const source = isObject(metadata) ? metadata : {};
  const { apiVersion, kind } = rest;
  const manifest: Manifest = {
    ...rest,
    apiVersion: typeof apiVersion === "string" ? apiVersion : "",
    kind: typeof kind === "string" ? kind : "",
    metadata: cleanMetadata(source),
  };
  return { manifest, notices: noticesOf(source) };
}

function cleanMetadata({ labels, annotations, namespace, ...metadata }: JsonObject): Metadata {
  const cleanLabels = cleanNames(labels, () => false);
  const cleanAnnotations = cleanNames(annotations, name => FROM_GIT.has(name));
  return {
    ...Object.fromEntries(Object.entries(metadata).filter(([key]) => !SERVER_FIELDS.has(key))),
    name: typeof metadata.name === "string" ? metadata.name : "",
    ...(typeof namespace === "string" && namespace !== "" ? { namespace } : {}),
    ...(cleanLabels === undefined ? {} : { labels: cleanLabels }),
    ...(cleanAnnotations === undefined ? {} : { annotations: cleanAnnotations }),
  };
}

/** Labels or annotations without what Git has no say in; a map that this empties goes, an empty value is "" as for a server. */
function cleanNames(
  names: Json | undefined,
  isKept: (name: string) => boolean,
): Record<string, string> | undefined {
  if (!isObject(names)) return undefined;
  const all = Object.entries(names);
  const kept = all.filter(([name]) => (!isOwnName(name) || isKept(name)) && name !== LAST_APPLIED);
  if (kept.length === 0 && all.length > 0) return undefined;
  return Object.fromEntries(
    kept.map(([name, value]) => [name, typeof value === "string" ? value : ""]),
  );
}

/** ownerReferences stay, as for kubectl and Flux: inside one cluster they may be meant. */
function noticesOf({ labels, annotations, ownerReferences }: JsonObject): readonly string[] {
  const own = [
    ...ownNames(labels).map(name => `the label ${name}`),
    ...ownNames(annotations)
      .filter(name => !FROM_GIT.has(name))
      .map(name => `the annotation ${name}`),
  ];
  const owned =
    ownerReferences === undefined
      ? []
      : [
          "metadata.ownerReferences name an owner by uid: the cluster deletes the object unless that owner lives in it",
        ];
  return [...own.map(what => `${what} does not count in Git and is left out`), ...owned];
}

function ownNames(names: Json | undefined): readonly string[] {
  return isObject(names) ? Object.keys(names).filter(isOwnName) : [];
}
