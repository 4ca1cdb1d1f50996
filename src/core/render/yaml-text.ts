/** Reads YAML text within limits: its tokens are counted before a tree is made of them. */
import { Composer, type Document, Lexer, Parser, Schema } from "yaml";
import type { Json } from "../../model/json";
import { MAX_DEPTH, MAX_TOKENS } from "./limits";
import { convertRoot } from "./nodes";
import type { Fault, Reading, Root } from "./reading";
import { explainSyntax } from "./yaml-errors";

type Token = Parser["stack"][number];

/** Every scalar stays its source text: what it means is decided in scalars.ts. */
const OPTIONS = {
  schema: new Schema({ schema: "failsafe", resolveKnownTags: false, merge: false }),
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/** Reads the documents of a text; `base` is its offset in the file. */
export function readYaml(text: string, base: number): Reading {
  const faults: Fault[] = [];
  const roots: Root[] = [];
  const offsets = new Map<object, number>();
  const tokens = tokenise(text, faults);
  if (faults.length > 0) return { roots, offsets, faults: moved(faults, base) };
  const composer = new Composer(OPTIONS);
  for (const document of composer.compose(tokens)) {
    const root = readDocument(document, base, faults, offsets);
    if (root !== undefined) roots.push(root);
  }
  addSyntaxFault(composer.streamInfo().errors, base, faults);
  return { roots, offsets, faults };
}

function readDocument(
  document: Document.Parsed,
  base: number,
  faults: Fault[],
  offsets: Map<object, number>,
): Root | undefined {
  if (addSyntaxFault(document.errors, base, faults)) return undefined;
  const { contents } = document;
  const value: Json = convertRoot(contents, base, faults, offsets);
  return value === null ? undefined : { value, offset: base + (contents?.range[0] ?? 0) };
}

/** One mistake makes yaml's parser see many: only the first of a document is told. */
function addSyntaxFault(errors: Document["errors"], base: number, faults: Fault[]): boolean {
  const [error] = errors;
  if (error !== undefined) {
    faults.push({ offset: base + error.pos[0], message: explainSyntax(error.code, error.message) });
  }
  return error !== undefined;
}

function tokenise(text: string, faults: Fault[]): readonly Token[] {
  const parser = new Parser();
  const tokens: Token[] = [];
  let left = MAX_TOKENS;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    left -= 1;
    const message = limitHit(left, parser.stack.length);
    if (message !== undefined) {
      faults.push({ offset: parser.offset, message });
      return tokens;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const directive = tokens.find(token => token.type === "directive");
  if (directive !== undefined) {
    faults.push({
      offset: directive.offset,
      message: "YAML directives (%) are not supported: remove the line",
    });
  }
  return tokens;
}

function limitHit(tokensLeft: number, stackLength: number): string | undefined {
  if (tokensLeft < 0) return `the document has more than ${MAX_TOKENS} tokens: split it`;
  // Two levels above the root are the document and the scalar that is being read.
  return stackLength > 2 * MAX_DEPTH + 2
    ? `the document is nested deeper than ${MAX_DEPTH} levels`
    : undefined;
}

function moved(faults: readonly Fault[], base: number): readonly Fault[] {
  return faults.map(({ offset, message }) => ({ offset: base + offset, message }));
}
