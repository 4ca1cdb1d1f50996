/** The documents of a file, each read as JSON when it looks like that and as YAML otherwise, as kubectl does. */
import { type JsonAttempt, readJson } from "./json-text";
import { MAX_OBJECTS, MAX_TOKENS } from "./limits";
import type { Fault, Reading, Root } from "./reading";
import { type TokenBudget, readYaml } from "./yaml-text";

interface Chunk {
  readonly text: string;
  readonly offset: number;
}

interface Options {
  readonly isJsonFile: boolean;
  readonly budget: TokenBudget;
}

/** Reads all documents of a text. In a file that is named .json, JSON's own error is told. */
export function readDocuments(text: string, isJsonFile: boolean): Reading {
  const roots: Root[] = [];
  const faults: Fault[] = [];
  const offsets = new Map<object, number>();
  const options: Options = { isJsonFile, budget: { tokensLeft: MAX_TOKENS } };
  for (const [index, chunk] of splitDocuments(text).entries()) {
    if (index >= MAX_OBJECTS || options.budget.tokensLeft < 0) {
      const message = `the file holds more than nopea reads (${MAX_OBJECTS} documents, ${MAX_TOKENS} tokens): split it`;
      faults.push({ offset: chunk.offset, message });
      break;
    }
    const reading = readChunk(chunk, options);
    for (const root of reading.roots) roots.push(root);
    for (const [object, offset] of reading.offsets) offsets.set(object, offset);
    for (const fault of reading.faults) faults.push(fault);
  }
  return { roots, offsets, faults };
}

function readChunk({ text, offset }: Chunk, { isJsonFile, budget }: Options): Reading {
  const json = /^\s*\{/.test(text) || isJsonFile ? readJson(text, offset) : undefined;
  if (json !== undefined && json.syntax === undefined) return json;
  const yaml = readYaml(text, offset, budget);
  return yaml.faults.length > 0 && isJsonFile ? withSyntaxFault(json, yaml) : yaml;
}

function withSyntaxFault(json: JsonAttempt | undefined, yaml: Reading): Reading {
  return json?.syntax === undefined ? yaml : { ...yaml, roots: [], faults: [json.syntax] };
}

/** Splits at lines that begin with `---` and hold no content, where neither YAML nor kubectl knows anything but a separator. */
function splitDocuments(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let from = 0;
  for (const match of text.matchAll(/^---[ \t]*(?:#.*)?$/gm)) {
    chunks.push(chunkOf(text, from, match.index));
    from = match.index + match[0].length;
  }
  chunks.push(chunkOf(text, from, text.length));
  return chunks.filter(chunk => chunk.text.trim() !== "");
}

function chunkOf(text: string, from: number, to: number): Chunk {
  const start = text[from] === "\n" ? from + 1 : from;
  return { text: text.slice(start, Math.max(start, to)), offset: start };
}
