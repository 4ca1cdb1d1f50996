/** What a YAML scalar means to kubectl: YAML 1.1 booleans and nulls, Go's numbers, neither times nor dates. */
import type { Json } from "../../model/json";
import { decodeUtf8 } from "./text";
import { parseFloatText, parseInteger } from "./numbers";

const YAML_TAG = "tag:yaml.org,2002:";
const LONGEST_WORD = 5;

const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...spellings(["y", "yes", "true", "on"], true),
  ...spellings(["n", "no", "false", "off"], false),
  ...spellings(["", "~", "null"], null),
]);

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** The value of a scalar without tag; undefined when JSON cannot hold it. */
export function resolvePlain(source: string): Json | undefined {
  if (source.length <= LONGEST_WORD) {
    const word = WORDS.get(source);
    if (word !== undefined) return word;
    if (NOT_FINITE.test(source)) return undefined;
  }
  if (!/^[-+.0-9]/.test(source)) return source;
  return parseInteger(source) ?? parseFloatText(source) ?? source;
}

/** The value of a scalar with an explicit tag; undefined when the tag or the text does not allow it. */
export function resolveTagged(tag: string, source: string): Json | undefined {
  switch (tag) {
    case "!":
    case `${YAML_TAG}str`:
      return source;
    case `${YAML_TAG}bool`:
      return only("boolean", resolvePlain(source));
    case `${YAML_TAG}null`:
      return resolvePlain(source) === null ? null : undefined;
    case `${YAML_TAG}int`:
      return parseInteger(source);
    case `${YAML_TAG}float`:
      return asFloat(source);
    case `${YAML_TAG}binary`:
      return decodeBase64(source);
    default:
      return tag === `${YAML_TAG}timestamp` && /^[0-9]{4}-/.test(source) ? source : undefined;
  }
}

/** Why a scalar has no value, without quoting it. */
export function explainScalar(tag: string | undefined): string {
  if (tag === undefined) return "infinity and NaN have no place in JSON: quote it";
  const known = /^tag:yaml\.org,2002:(str|bool|null|int|float|binary|timestamp)$/.exec(tag)?.[1];
  return known === undefined
    ? explainTag(tag)
    : `the value is no !!${known} as its tag says: correct it, or remove the tag`;
}

/** Why a tag is refused. */
export function explainTag(tag: string): string {
  const short = tag.startsWith(YAML_TAG) ? `!!${tag.slice(YAML_TAG.length)}` : tag;
  return `the tag ${short} means nothing to Kubernetes: remove it`;
}

function asFloat(source: string): number | undefined {
  const value = parseInteger(source) ?? parseFloatText(source);
  return value === undefined ? undefined : Number(value);
}

function only(type: string, value: Json | undefined): Json | undefined {
  return typeof value === type ? value : undefined;
}

function decodeBase64(source: string): string | undefined {
  const text = source.replace(/[\r\n]/g, "");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return decodeUtf8(Uint8Array.from(atob(text), character => character.charCodeAt(0)));
}

function spellings(words: readonly string[], value: Json): readonly (readonly [string, Json])[] {
  return words.flatMap(word => {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    return [word, capital, word.toUpperCase()].map(spelling => [spelling, value] as const);
  });
}
