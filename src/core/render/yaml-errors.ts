/** The syntax errors of `yaml` in words for an author, without the text that they quote: it may be a Secret's. */
import type { YAMLError } from "yaml";

type Code = YAMLError["code"];

const INSIDE_BRACKETS = "lines inside [ ] and { } must be indented deeper than their key";

const BY_MESSAGE: readonly (readonly [string, string])[] = [
  [
    'Missing closing "quote',
    "a double quote is never closed, or a line inside is not indented deeper than its key",
  ],
  [
    "Missing closing 'quote",
    "a single quote is never closed, or a line inside is not indented deeper than its key",
  ],
  ["Implicit map keys need to be followed by map values", "a key has no `:` and value after it"],
  ["Missing space after :", "a space is missing after `:`"],
  ["Nested mappings are not allowed in compact mappings", "a value holds `: `: quote the value"],
  ["Comments must be separated", "a space is missing before `#`"],
  ["Sequence item without", "a list item has no `- `"],
  ["All mapping items must start", "the indentation is wrong: keys of one map start in one column"],
  [
    "All sequence items must start",
    "the indentation is wrong: items of one list start in one column",
  ],
  ["Flow map in block collection must be", INSIDE_BRACKETS],
  ["Flow sequence in block collection must be", INSIDE_BRACKETS],
  ["Flow map in block collection and", INSIDE_BRACKETS],
  ["Missing directives-end", "YAML directives (%) are not supported: remove the line"],
];

const BY_CODE: Readonly<Partial<Record<Code, string>>> = {
  ALIAS_PROPS: "an alias (*) takes neither anchor nor tag",
  BAD_ALIAS: "an anchor (&) or alias (*) has no name",
  BAD_DIRECTIVE: "YAML directives (%) are not supported: remove the line",
  BAD_DQ_ESCAPE: "a double-quoted string holds an invalid escape: write `\\\\` for a backslash",
  BAD_INDENT: "the indentation is wrong",
  BAD_PROP_ORDER: "an anchor (&) or tag (!) stands before an indicator instead of after it",
  BAD_SCALAR_START: "a value starts with a character that YAML reserves: quote the value",
  BLOCK_AS_IMPLICIT_KEY:
    "a map or list starts on the line of a key: put it on the next line, or quote the value",
  BLOCK_IN_FLOW: "an indented map or list stands inside [ ] or { }",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters",
  MISSING_CHAR: "a character is missing here: a space, a comma, or a closing bracket",
  MULTILINE_IMPLICIT_KEY: "a key spans several lines: is a `:` or a quote missing?",
  MULTIPLE_ANCHORS: "a value has two anchors (&)",
  MULTIPLE_TAGS: "a value has two tags (!)",
  RESOURCE_EXHAUSTION: "the document is nested too deeply",
  TAB_AS_INDENT: "a tab is used as indentation: use spaces",
  TAG_RESOLVE_FAILED: "a tag (!) is not known: remove it",
  UNEXPECTED_TOKEN: "the YAML is broken here: is a quote, bracket or indentation missing?",
};

/** One sentence for an error of the `yaml` package. */
export function explainSyntax(code: Code, message: string): string {
  const known = BY_MESSAGE.find(([start]) => message.startsWith(start));
  return known?.[1] ?? BY_CODE[code] ?? "the YAML is broken here";
}
