/** Changes as people may see them: readable, short, and without the values that must stay where they are. */
import { HIDDEN, type FieldValue } from "../../model/drift";
import type { Change } from "../../model/episode";
import { formatPath, parseJson, parsePath, type PathElement } from "../../model/field-path";
import { isList, isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import type { ShowValues } from "../../model/settings";
import { elementOf, enter, isSecretKey, maySee, rootOf, type Place } from "./sensitive";

/** What a change is shown as, given the kind of the object that it is of. */
export function shown(change: Change, kind: string, mode: ShowValues): Change {
  const { from, to } = change;
  const path = parsePath(change.path);
  const place = path?.reduce(enter, rootOf(kind, mode));
  return {
    path: shownPath(change.path, kind, mode),
    ...(from === undefined ? {} : { from: shownValue(from, place) }),
    ...(to === undefined ? {} : { to: shownValue(to, place) }),
  };
}

/** A path without the values that stand in it: members of sets, and keys of items, may be what must not be seen. */
export function shownPath(text: string, kind: string, mode: ShowValues): string {
  const path = parsePath(text);
  if (path === undefined) return text;
  let place = rootOf(kind, mode);
  const seen = path.map(element => {
    const before = place;
    place = enter(place, element);
    return shownElement(element, before);
  });
  return formatPath(seen);
}

function shownElement(element: PathElement, place: Place): PathElement {
  if (element.kind === "member") {
    return { kind: "member", value: hide(element.value, enter(place, element), 0) };
  }
  if (element.kind !== "item" || place.mode === "all") return element;
  const keys = Object.entries(element.keys).map(([name, value]): [string, Json] => {
    const isSecret = place.holds === "secrets" || isSecretKey(name);
    return [name, isSecret ? HIDDEN : value];
  });
  return { kind: "item", keys: Object.fromEntries(keys) };
}

const LONGEST = 1000;

/** Without a place nobody knows what the value is of. */
function shownValue(value: string, place: Place | undefined): FieldValue {
  if (place === undefined) return HIDDEN;
  const json = parseJson(value);
  // no JSON: a text that has been shown before
  const seen = hide(json ?? value, place, 0);
  return shorten(typeof seen === "string" ? seen : toCanonicalJson(seen));
}

function shorten(text: string): string {
  // half of a character is none
  return text.length <= LONGEST
    ? text
    : `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Deeper than any manifest may be. */
const DEEPEST = 200;

/** The value with HIDDEN for every part that must not be seen. */
function hide(value: Json, place: Place, depth: number): Json {
  if (place.holds === "secrets" || depth > DEEPEST) return HIDDEN;
  if (isList(value)) {
    return value.map((item, at) => hide(item, enter(place, elementOf(item, at)), depth + 1));
  }
  if (isObject(value)) return hideMembers(value, place, depth);
  if (!maySee(place)) return HIDDEN;
  return typeof value === "string" && place.mode === "safe" ? hideInText(value, place) : value;
}

function hideMembers(value: JsonObject, place: Place, depth: number): JsonObject {
  const members = Object.entries(value).map(([name, member]): [string, Json | undefined] => {
    const below = enter(place, { kind: "field", name });
    return [name, member === undefined ? undefined : hide(member, below, depth + 1)];
  });
  return Object.fromEntries(members);
}

/** `--db-password=…`, `PASSWORD: …`, `"token":…`. Bounded, so that no text takes long. */
const ASSIGNED =
  /(?:passw|passphrase|token|secret|key|credential)[\w.-]{0,64}(?:\s{0,8}(?:=|:\s)|["']\s{0,8}:)/i;
/** Whoever stands before the host of an address may be a password, or let in by name alone. */
const ADDRESS = /:\/\/[^\s/@]{1,512}@/;

/** Arguments, addresses and whole documents are texts to Kubernetes. */
function hideInText(text: string, place: Place): string {
  const json = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (json !== undefined) {
    const seen = hide(json, { ...place, holds: "anything", field: "", kept: new Set() }, 1);
    const written = toCanonicalJson(seen);
    return written.includes(HIDDEN) ? written : text;
  }
  return ASSIGNED.test(text) || ADDRESS.test(text) ? HIDDEN : text;
}
