/** Which fields hold what must be seen nowhere: judged by the names on the way to them. */
import type { PathElement } from "../../model/field-path";
import { isObject, type Json } from "../../model/json";
import { saysSecret } from "../../model/says-secret";
import type { ShowValues } from "../../model/settings";

/** Where one stands on the way into an object. */
export interface Place {
  readonly holds:
    | "the object"
    /** Nothing here says secret. */
    | "anything"
    /** Hidden, and everything below. */
    | "secrets"
    /** An item of env, or one that is named like a secret: what else is in it is hidden. */
    | "a named value"
    /** Says secret, but only where one is kept: the names in it may be seen, nothing else. */
    | "a reference"
    /** One of those names: a text, with nothing below. */
    | "a name";
  /** Field that was entered last, "" where it was an item. */
  readonly field: string;
  /** Hidden whatever its name says: fields of the object itself, by its kind. */
  readonly kept: ReadonlySet<string>;
  readonly mode: ShowValues;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const KEPT_BY_SECRETS = new Set(["data", "stringData", LAST_APPLIED]);
const KEPT_BY_CONFIG_MAPS = new Set(["data", "binaryData", LAST_APPLIED]);

/** Of any group: who calls a kind Secret keeps secrets in it. */
export function rootOf(kind: string, mode: ShowValues): Place {
  const isConfigMap = kind === "ConfigMap" && mode === "safe";
  const kept = isConfigMap ? KEPT_BY_CONFIG_MAPS : new Set<string>();
  return { holds: "the object", field: "", kept: kind === "Secret" ? KEPT_BY_SECRETS : kept, mode };
}

/** One step down. */
export function enter(place: Place, element: PathElement): Place {
  const field = element.kind === "field" ? element.name : "";
  if (element.kind === "field") return { ...place, field, holds: ofField(place, field) };
  return { ...place, field, holds: ofItem(place, element) };
}

/** True where a value that has no parts (text, number, true, false, null) may be seen. */
export function maySee({ holds }: Place): boolean {
  return holds === "anything" || holds === "a name" || holds === "the object";
}

function ofField({ holds, field: parent, kept, mode }: Place, field: string): Place["holds"] {
  if (holds === "secrets" || isKept(field, holds, kept)) return "secrets";
  if (mode === "all") return "anything";
  switch (holds) {
    case "a name":
      return "secrets";
    case "a reference":
      return isNameIn(parent, field) ? "a name" : "secrets";
    case "a named value":
      return BESIDE_A_VALUE.has(field) ? "anything" : "secrets";
    case "anything":
    case "the object":
      // variables as a map
      return isEnv(parent) ? "secrets" : byName(field);
  }
}

/** What an item holds beside the value that its name tells of. */
const BESIDE_A_VALUE = new Set(["name", "valueFrom"]);

function isKept(field: string, holds: Place["holds"], kept: Place["kept"]): boolean {
  return kept.has(field) && (holds === "the object" || field === LAST_APPLIED);
}

/** They say where, never what: of Kubernetes itself, and by its custom for other kinds. */
const NAMES = new Set(["secretName", "topologyKey"]);
const REFERENCES = new Set(["secret", "secrets", "imagePullSecrets"]);
const REFERENCE = /(?:Ref|Refs)$/;

function byName(field: string): Place["holds"] {
  if (!saysSecret(field) && field !== LAST_APPLIED) return "anything";
  if (NAMES.has(field)) return "a name";
  return REFERENCES.has(field) || REFERENCE.test(field) ? "a reference" : "secrets";
}

const NAMES_IN_REFERENCES = new Set(["name", "namespace", "secretName", "kind", "optional"]);

/** The parent is "" in an item of a list of references. */
function isNameIn(parent: string, field: string): boolean {
  // secret.key may be a key; secretKeyRef.key is the name of one
  return NAMES_IN_REFERENCES.has(field) || (field === "key" && REFERENCE.test(parent));
}

function isEnv(field: string): boolean {
  return field === "env" || field.endsWith("Env");
}

/** Their items are called like this by whoever runs them, not for what they hold. */
const CALLED = new Set([
  "containers",
  "initContainers",
  "ephemeralContainers",
  "volumes",
  "volumeMounts",
  "volumeDevices",
  "volumeClaimTemplates",
  "ports",
]);

function ofItem({ holds, field: list, mode }: Place, element: PathElement): Place["holds"] {
  if (mode === "all" || holds !== "anything") return holds;
  if (isEnv(list)) return "a named value";
  return element.kind === "item" && !CALLED.has(list) ? byKeys(element.keys) : "anything";
}

function byKeys(keys: Readonly<Record<string, Json>>): Place["holds"] {
  if (Object.keys(keys).some(isSecretKey)) return "secrets";
  const values = Object.values(keys);
  const named = values.some(value => typeof value === "string" && saysSecret(value));
  return named ? "a named value" : "anything";
}

/** True for a key of a list's items whose value is a secret itself; `key` only tells items apart. */
export function isSecretKey(name: string): boolean {
  return saysSecret(name) && name !== "key" && !NAMES.has(name);
}

/** An item of a list as a path would name it: what it is called says what it holds. */
export function elementOf(item: Json, index: number): PathElement {
  const { name, key } = isObject(item) ? item : {};
  const called = [name, key].filter(value => typeof value === "string");
  return called.length === 0
    ? { kind: "index", index }
    : { kind: "item", keys: { name: called.join(" ") } };
}
