/** From one file of a commit to the objects that it declares, or to what its author must mend. Never throws. */
import { type JsonObject, isObject } from "../../model/json";
import type { Declared, Problem } from "../../model/manifest";
import { checkObject, isForeign } from "./check-object";
import { cleanObject } from "./clean-object";
import { readDocuments } from "./documents";
import {
  explainByName,
  explainForeign,
  explainKustomization,
  explainTemplate,
  isKustomization,
  isTemplate,
} from "./foreign-files";
import { MAX_FILE_BYTES, MAX_PROBLEMS } from "./limits";
import { type Candidate, flattenLists } from "./lists";
import type { Fault } from "./reading";
import { decodeText, lineAt, lineStarts } from "./text";

export interface ParsedFile {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
  /** Sentences for the user about what was left out of an object. */
  readonly notices: readonly string[];
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly starts: readonly number[];
}

interface Judged {
  readonly declared?: Declared;
  readonly problems: readonly Problem[];
  readonly notices: readonly string[];
}

/** Reads a file named .yaml, .yml or .json; `path` is relative to the repository's root. */
export function parseFile(file: { path: string; content: Uint8Array }): ParsedFile {
  const { path, content } = file;
  if (content.length > MAX_FILE_BYTES) {
    return failed({ file: path, message: tooLarge(content.length) });
  }
  const decoded = decodeText(content);
  if ("message" in decoded) return failed({ file: path, ...decoded });
  const { text } = decoded;
  const source: SourceFile = { path, text, starts: lineStarts(text) };
  return isTemplate(path, text)
    ? failed({ file: path, message: explainTemplate(path) })
    : parseText(source);
}

function parseText(source: SourceFile): ParsedFile {
  const { path, text } = source;
  const reading = readDocuments(text, path.endsWith(".json"));
  const { candidates, faults } = flattenLists(reading.roots, reading.offsets);
  const wrong = [...reading.faults, ...faults];
  const hint = wrong.length > 0 ? explainBroken(source, reading.faults.length > 0) : undefined;
  if (hint !== undefined) return failed({ file: path, message: hint });
  const foreign = candidates.find(({ object }) => isForeign(object));
  const known = foreign === undefined ? undefined : explainByName(path);
  if (known !== undefined) return failed({ file: path, message: known });
  return collect(
    wrong.map(fault => problemAt(source, fault)),
    candidates.map(candidate => judge(source, candidate)),
  );
}

/** A better word for a file that could not be read than its first syntax error. */
function explainBroken({ path, text }: SourceFile, isSyntax: boolean): string | undefined {
  if (isSyntax && text.includes("{{")) return explainTemplate(path);
  return explainByName(path);
}

function judge(source: SourceFile, { object, offset }: Candidate): Judged {
  const line = lineAt(source.starts, offset);
  const messages = judgeObject(source, object);
  if (messages.length > 0) {
    const problems = messages.map(message => ({ file: source.path, line, message }));
    return { problems, notices: [] };
  }
  const { manifest, notices } = cleanObject(object);
  const where = `${source.path}:${line}: ${manifest.kind} ${manifest.metadata.name}`;
  return {
    declared: { manifest, source: { file: source.path, line } },
    problems: [],
    notices: notices.map(notice => `${where}: ${notice}`),
  };
}

function judgeObject({ path }: SourceFile, object: JsonObject): readonly string[] {
  if (isKustomization(object)) return [explainKustomization(path)];
  if (object.apiVersion === undefined && object.kind === undefined) {
    return [explainForeign(path)];
  }
  return checkObject(object).map(message => `${nameOf(object)}${message}`);
}

/** Kind and name as far as they are known. */
function nameOf({ kind, metadata }: JsonObject): string {
  const words = [kind, isObject(metadata) ? metadata.name : undefined];
  const known = words.filter(word => typeof word === "string" && word !== "").map(String);
  return known.length === 0 ? "" : `${known.join(" ").slice(0, 200)}: `;
}

function collect(problems: readonly Problem[], judged: readonly Judged[]): ParsedFile {
  const all = [...problems, ...judged.flatMap(one => one.problems)];
  return {
    declared: judged.flatMap(({ declared }) => (declared === undefined ? [] : [declared])),
    problems: shortened(all),
    notices: judged.flatMap(one => one.notices),
  };
}

function shortened(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems;
  const excess = problems.length - MAX_PROBLEMS;
  if (first === undefined || excess <= 0) return problems;
  const rest = { file: first.file, message: `${excess} more problems in this file` };
  return [...problems.slice(0, MAX_PROBLEMS), rest];
}

function problemAt({ path, starts }: SourceFile, { offset, message }: Fault): Problem {
  return { file: path, line: lineAt(starts, offset), message };
}

function tooLarge(bytes: number): string {
  const size = (bytes / (1024 * 1024)).toFixed(1);
  return `the file has ${size} MiB and may have ${MAX_FILE_BYTES / (1024 * 1024)}: split it, or leave it out with .nopeaignore`;
}

function failed(problem: Problem): ParsedFile {
  return { declared: [], problems: [problem], notices: [] };
}
