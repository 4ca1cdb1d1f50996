/** Where in an object a field stands, as structured-merge-diff divides objects, and how people read and write it. */
import { isObject, toCanonicalJson, type Json } from "./json";

export type PathElement =
  | { readonly kind: "field"; readonly name: string }
  /** An item of a keyed list: the values of its keys, at least one. */
  | { readonly kind: "item"; readonly keys: Readonly<Record<string, Json>> }
  /** A member of a set, which is a list without order. */
  | { readonly kind: "member"; readonly value: Json }
  | { readonly kind: "index"; readonly index: number };

export type FieldPath = readonly PathElement[];

/** Any item of a list: only in what people write. */
interface Every {
  readonly kind: "every";
}

export type PatternElement = PathElement | Every;
export type FieldPattern = readonly PatternElement[];

const PLAIN = /^[\w$-]+$/;
const BARE = /^(?!(?:true|false|null)$)[A-Za-z_$/][\w$.:/-]*$/;

/** `spec.ports[containerPort=80,protocol=TCP].name`, `metadata.labels["app.kubernetes.io/name"]`, `finalizers[="x"]`. */
export function formatPath(path: FieldPattern): string {
  return path.map(formatElement).join("").replace(/^\./, "");
}

function formatElement(element: PatternElement): string {
  switch (element.kind) {
    case "field":
      return PLAIN.test(element.name) ? `.${element.name}` : `[${JSON.stringify(element.name)}]`;
    case "item":
      return `[${Object.entries(element.keys).sort(byName).map(formatKey).join(",")}]`;
    case "member":
      return `[=${toCanonicalJson(element.value)}]`;
    case "index":
      return `[${element.index}]`;
    case "every":
      return "[]";
  }
}

function byName([a]: readonly [string, Json], [b]: readonly [string, Json]): number {
  return a < b ? -1 : 1;
}

function formatKey([name, value]: readonly [string, Json]): string {
  const word = PLAIN.test(name) ? name : JSON.stringify(name);
  const bare = typeof value === "string" && BARE.test(value);
  return `${word}=${bare ? value : toCanonicalJson(value)}`;
}

/** The inverse of formatPath; undefined for text that names no single field. */
export function parsePath(text: string): FieldPath | undefined {
  const pattern = parsePattern(text);
  return pattern?.some(({ kind }) => kind === "every") === false
    ? (pattern as FieldPath)
    : undefined;
}

/** The same for text in which `[]` stands for every item of a list. */
export function parsePattern(text: string): FieldPattern | undefined {
  const pattern: PatternElement[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text[at] === "[" ? closing(text, at) : nameEnd(text, at);
    const element = end === undefined ? undefined : parseElement(text.slice(at, end));
    if (end === undefined || element === undefined) return undefined;
    pattern.push(element);
    at = end;
  }
  return pattern;
}

function nameEnd(text: string, at: number): number | undefined {
  const name = /\.?[\w$-]+/y;
  name.lastIndex = at;
  const dotted = text[at] === ".";
  // a dot joins two elements: the first has none, every other has one
  return dotted === at > 0 && name.test(text) ? name.lastIndex : undefined;
}

function parseElement(text: string): PatternElement | undefined {
  if (!text.startsWith("[")) return { kind: "field", name: text.replace(/^\./, "") };
  const inside = text.slice(1, -1);
  if (inside === "") return { kind: "every" };
  if (inside.startsWith("=")) {
    const value = parseJson(inside.slice(1));
    return value === undefined ? undefined : { kind: "member", value };
  }
  if (/^\d{1,15}$/.test(inside)) return { kind: "index", index: Number(inside) };
  // not tried on anything else: an exception for each item costs more than the rest of it
  const name = /^\s*"/.test(inside) ? parseJson(inside) : undefined;
  return typeof name === "string" ? { kind: "field", name } : parseKeys(inside);
}

function parseKeys(text: string): PatternElement | undefined {
  const keys = (splitAtCommas(text) ?? [""]).map(parseKey);
  const known = keys.filter(key => key !== undefined);
  return known.length < keys.length ? undefined : { kind: "item", keys: Object.fromEntries(known) };
}

function parseKey(text: string): readonly [string, Json] | undefined {
  const [, name = "", written = ""] = /^([\w$-]+|"(?:[^"\\]|\\.)*")=(.+)$/s.exec(text) ?? [];
  const word = name.startsWith('"') ? parseJson(name) : name;
  const value = BARE.test(written) ? written : parseJson(written);
  return typeof word === "string" && isScalar(value) ? [word, value] : undefined;
}

/** True for what can be the value of a list's key. */
export function isScalar(value: Json | undefined): value is Json {
  return value !== undefined && !Array.isArray(value) && !isObject(value);
}

/** A JSON value; whole numbers beyond 2^53 stay exact, unless they are inside a list or map. */
export function parseJson(text: string): Json | undefined {
  if (/^-?[1-9]\d{15,}$/.test(text)) {
    const exact = BigInt(text);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Cuts a text at the commas that are in no quotes and no brackets; undefined where those do not pair. */
export function splitAtCommas(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let from = 0;
  const depth = scan(text, 0, (token, at, level) => {
    if (token !== "," || level !== 0) return false;
    parts.push(text.slice(from, at));
    from = at + 1;
    return false;
  });
  return depth === 0 ? [...parts, text.slice(from)] : undefined;
}

/** The position after the bracket that closes the one at `open`. */
function closing(text: string, open: number): number | undefined {
  let end: number | undefined;
  scan(text, open, (token, at, level) => {
    if (level === 0 && token === "]") end = at + 1;
    return level === 0;
  });
  return end;
}

const STEPS: ReadonlyMap<string, number> = new Map([
  ["[", 1],
  ["{", 1],
  ["]", -1],
  ["}", -1],
]);

type Visit = (token: string, at: number, depth: number) => boolean;

/** Tells the depth at the end, or at the token where `visit` said true; undefined where a quote is never closed. */
function scan(text: string, from: number, visit: Visit): number | undefined {
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},]|[^"[\]{},]+/sy;
  tokens.lastIndex = from;
  let depth = 0;
  while (tokens.lastIndex < text.length) {
    const at = tokens.lastIndex;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) return undefined;
    depth += STEPS.get(token) ?? 0;
    if (visit(token, at, depth)) return depth;
  }
  return depth;
}
