/** JSON values written one after another, with exact integers, positions and named duplicate keys, none of which JSON.parse has. */
import type { Json } from "../../model/json";
import { MAX_DEPTH, MAX_ITEM_DEPTH, MAX_OBJECTS } from "./limits";
import { exactInteger } from "./numbers";
import { type Fault, type Reading, type Root, setMember } from "./reading";

/** A reading that may have ended at something that is not JSON: perhaps it is YAML. */
export interface JsonAttempt extends Reading {
  readonly syntax?: Fault;
}

interface Cursor {
  readonly text: string;
  readonly base: number;
  readonly offsets: Map<object, number>;
  readonly faults: Fault[];
  at: number;
  syntax?: Fault;
}

/** Reads a text that is nothing but JSON values; `base` is its offset in the file. */
export function readJson(text: string, base: number): JsonAttempt {
  const cursor: Cursor = { text, base, offsets: new Map(), faults: [], at: 0 };
  const roots: Root[] = [];
  while (skipSpace(cursor) < text.length && cursor.syntax === undefined) {
    if (roots.length > MAX_OBJECTS) break; // told by flattenLists
    const offset = base + cursor.at;
    roots.push({ value: readValue(cursor, 1), offset });
  }
  const { offsets, faults, syntax } = cursor;
  return syntax === undefined ? { roots, offsets, faults } : { roots, offsets, faults, syntax };
}

function readValue(cursor: Cursor, depth: number): Json {
  if (depth > MAX_DEPTH)
    return fail(cursor, `the document is nested deeper than ${MAX_DEPTH} levels`);
  switch (cursor.text.charAt(cursor.at)) {
    case "{":
      return readObject(cursor, depth);
    case "[":
      return readList(cursor, depth);
    case '"':
      return readString(cursor);
    default:
      return readWord(cursor);
  }
}

function readObject(cursor: Cursor, depth: number): Json {
  const object: Record<string, Json> = {};
  if (depth <= MAX_ITEM_DEPTH) cursor.offsets.set(object, cursor.base + cursor.at);
  if (opensEmpty(cursor, "}")) return object;
  do {
    skipSpace(cursor);
    const offset = cursor.base + cursor.at;
    const key = cursor.text[cursor.at] === '"' ? readString(cursor) : fail(cursor);
    skipSpace(cursor);
    if (!take(cursor, ":")) return fail(cursor);
    skipSpace(cursor);
    const value = readValue(cursor, depth + 1);
    if (typeof key === "string") addMember(cursor, object, { key, value, offset });
  } while (another(cursor, "}"));
  return object;
}

interface Member {
  readonly key: string;
  readonly value: Json;
  readonly offset: number;
}

function addMember(cursor: Cursor, object: Record<string, Json>, member: Member): void {
  if (Object.hasOwn(object, member.key)) {
    cursor.faults.push({ offset: member.offset, message: duplicateKey(member.key) });
  }
  setMember(object, member.key, member.value);
}

/** What is said about a key that a map holds twice. */
export function duplicateKey(key: string): string {
  const shown = key.length > 80 ? `${key.slice(0, 80)}…` : key;
  return `the key ${JSON.stringify(shown)} is in this map twice: remove one of the two`;
}

function readList(cursor: Cursor, depth: number): Json {
  const list: Json[] = [];
  if (opensEmpty(cursor, "]")) return list;
  do {
    skipSpace(cursor);
    list.push(readValue(cursor, depth + 1));
  } while (another(cursor, "]"));
  return list;
}

function opensEmpty(cursor: Cursor, close: string): boolean {
  cursor.at += 1;
  skipSpace(cursor);
  return take(cursor, close);
}

/** True after a comma; false at the end of the collection or of the reading. */
function another(cursor: Cursor, close: string): boolean {
  skipSpace(cursor);
  if (cursor.syntax !== undefined || take(cursor, close)) return false;
  if (take(cursor, ",")) return true;
  fail(cursor);
  return false;
}

function readString(cursor: Cursor): Json {
  const start = cursor.at;
  let end = start;
  do {
    end = cursor.text.indexOf('"', end + 1);
    if (end < 0) return fail(cursor, "a double quote is never closed");
  } while (isEscaped(cursor.text, end));
  cursor.at = end + 1;
  try {
    const value = JSON.parse(cursor.text.slice(start, end + 1)) as string;
    return value.replace(/[\ud800-\udfff]/gu, "\ufffd"); // half a surrogate pair: as Go reads it
  } catch {
    cursor.at = start;
    return fail(cursor, "a string holds an invalid escape or a raw line break or tab");
  }
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === "\\") from -= 1;
  return (at - from) % 2 === 1;
}

const WORD = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function readWord(cursor: Cursor): Json {
  WORD.lastIndex = cursor.at;
  const word = WORD.exec(cursor.text)?.[0];
  if (word === undefined) return fail(cursor);
  const known = WORDS.get(word);
  const value = known === undefined ? readNumber(word) : known;
  if (value === undefined) addFault(cursor, "the number is too large: quote it");
  cursor.at += word.length;
  return value ?? null;
}

function readNumber(word: string): number | bigint | undefined {
  const exact = /^-?[0-9]+$/.test(word) ? exactInteger(BigInt(word)) : undefined;
  if (exact !== undefined) return exact;
  const value = Number(word);
  return Number.isFinite(value) ? value + 0 : undefined;
}

function addFault(cursor: Cursor, message: string): void {
  cursor.faults.push({ offset: cursor.base + cursor.at, message });
}

function skipSpace(cursor: Cursor): number {
  while (" \t\n\r".includes(cursor.text[cursor.at] ?? "x")) cursor.at += 1;
  return cursor.at;
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function fail(cursor: Cursor, message = "the JSON is broken here"): null {
  cursor.syntax ??= { offset: cursor.base + Math.min(cursor.at, cursor.text.length), message };
  return null;
}
