/** Reads YAML text within limits: its tokens are counted before a tree is made of them. */
import { Composer, type Document, Lexer, Parser, Schema } from "yaml";
import type { Json } from "../../model/json";
import { MAX_DEPTH, MAX_TOKENS } from "./limits";
import { convertRoot } from "./nodes";
import type { Fault, Reading, Root } from "./reading";
import { findControlCharacter } from "./text";
import { explainSyntax } from "./yaml-errors";

type Token = Parser["stack"][number];

/** Every scalar stays its source text: what it means is decided in scalars.ts. */
const OPTIONS = {
  schema: new Schema({ schema: "failsafe", resolveKnownTags: false, merge: false }),
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/** What is left of a file's tokens. */
export interface TokenBudget {
  tokensLeft: number;
}

/** Reads the documents of a text; `base` is its offset in the file. */
export function readYaml(text: string, base: number, budget: TokenBudget): Reading {
  const faults: Fault[] = [];
  const roots: Root[] = [];
  const offsets = new Map<object, number>();
  const character = findControlCharacter(text);
  if (character !== undefined) faults.push(character);
  const tokens = character === undefined ? tokenise(text, faults, budget) : [];
  if (faults.length > 0) return { roots, offsets, faults: moved(faults, base) };
  const composer = new Composer(OPTIONS);
  for (const document of composer.compose(tokens)) {
    const root = readDocument(document, base, faults, offsets);
    if (root !== undefined) roots.push(root);
  }
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

function tokenise(text: string, faults: Fault[], budget: TokenBudget): readonly Token[] {
  const parser = new Parser();
  const tokens: Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    budget.tokensLeft -= 1;
    const message = limitHit(budget, parser.stack.length);
    if (message === undefined) continue;
    faults.push({ offset: parser.offset, message });
    return tokens;
  }
  for (const token of parser.end()) tokens.push(token);
  refuseDirectives(tokens, faults);
  return tokens;
}

function limitHit({ tokensLeft }: TokenBudget, stackLength: number): string | undefined {
  if (tokensLeft < 0) return `the file has more than ${MAX_TOKENS} YAML tokens: split it`;
  // A level takes a map or a list on the stack, and at times the scalar of its key.
  return stackLength > 2 * MAX_DEPTH + 2
    ? `the document is nested deeper than ${MAX_DEPTH} levels`
    : undefined;
}

function refuseDirectives(tokens: readonly Token[], faults: Fault[]): void {
  const directive = tokens.find(token => token.type === "directive");
  if (directive === undefined) return;
  const message = "YAML directives (%) are not supported: remove the line";
  faults.push({ offset: directive.offset, message });
}

function moved(faults: readonly Fault[], base: number): readonly Fault[] {
  return faults.map(({ offset, message }) => ({ offset: base + offset, message }));
}
