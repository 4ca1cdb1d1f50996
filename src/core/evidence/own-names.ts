/** The labels and annotations of an object that are in nopea's own domain, and whose each of them is. */
import {
  ANNOTATION_APPLIED,
  ANNOTATION_MANUAL_EDIT,
  COMPANIONS,
  HOOK_ANNOTATIONS,
  isOwnName,
} from "../../model/annotations";
import { isObject, type JsonObject } from "../../model/json";

export type Texts = Readonly<Record<string, string>>;

export interface OwnNames {
  readonly labels: Texts;
  readonly annotations: Texts;
}

/** What a seal covers. */
export const SEALED: readonly string[] = [ANNOTATION_MANUAL_EDIT, ...COMPANIONS];

/** Written by the admission hook, by nobody else. */
const HOOKS: ReadonlySet<string> = new Set(HOOK_ANNOTATIONS);

/** Of an object, or of none. */
export function ownNamesOf(object: JsonObject | undefined): OwnNames {
  return { labels: ownOf(object, "labels"), annotations: ownOf(object, "annotations") };
}

function ownOf(object: JsonObject | undefined, field: "labels" | "annotations"): Texts {
  return pick(textsOf(object, field), isOwnName);
}

/** All labels or annotations of an object that are texts. */
export function textsOf(object: JsonObject | undefined, field: "labels" | "annotations"): Texts {
  const metadata = object?.metadata;
  const map = isObject(metadata) ? metadata[field] : undefined;
  const entries = Object.entries(isObject(map) ? map : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** True for an annotation that the admission hook alone writes. */
export function isHooks(name: string): boolean {
  return HOOKS.has(name);
}

/** True for an annotation that nopea or its hook writes; people's own are `suspend-heal`, `prune` and the like. */
export function isNopeas(name: string): boolean {
  return name === ANNOTATION_APPLIED || isHooks(name);
}

/** Those of the texts whose name is wanted. */
export function pick(texts: Texts, isWanted: (name: string) => boolean): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => isWanted(name)));
}

/** True when both have the same names with the same texts. */
export function isSameTexts(a: Texts, b: Texts): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
