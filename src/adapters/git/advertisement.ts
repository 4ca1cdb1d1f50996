/** What a Git server says of itself first: which protocol it speaks, and in the old one its refs at once. */
import { NopeaError } from "../../model/errors";
import { mebibytes } from "./meter";
import { WISHED } from "./pack-order";
import { garbled, readPktLines } from "./pkt-line";
import { excerpt } from "./printable";

export interface Ref {
  readonly name: string;
  readonly oid: string;
}

/** gitprotocol-v2(5) and gitprotocol-pack(5). */
export type Advertisement =
  | {
      readonly version: 2;
      readonly canFilter: boolean;
      /** Filters, but not files by their size: it was asked, and refused. */
      readonly lacksLimit?: true;
    }
  | {
      readonly version: 0;
      /** Those that nopea uses. */
      readonly capabilities: readonly string[];
      readonly refs: readonly Ref[];
    };

/**
 * Reads the answer to GET info/refs; throws for a repository whose objects have other names than SHA-1, and for one that
 * has more refs than so many bytes hold.
 */
export async function readAdvertisement(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Advertisement> {
  const [first = "", ...rest] = (await readTexts(body, maxBytes)).filter(
    line => !line.startsWith("# service="),
  );
  return first === "version 2" ? readSecond(rest) : readFirst([first, ...rest]);
}

/** The lines of an answer of text. */
export async function readTexts(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<readonly string[]> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const line of readPktLines(body)) {
    bytes += line.length;
    if (bytes > maxBytes) {
      throw new NopeaError(
        "git-too-large",
        `its list of refs has more than ${mebibytes(maxBytes)}`,
      );
    }
    lines.push(withoutEnd(line.toString()));
  }
  return lines;
}

/** A line of text without its end. */
function withoutEnd(line: string): string {
  return line.endsWith("\n") ? line.slice(0, -1) : line;
}

/** A ref's line `<oid> <name>`, with whatever follows the name left out. */
export function parseRef(line: string): Ref {
  const [oid = "", name = ""] = line.split(" ");
  return { oid: checkOid(oid), name };
}

function readSecond(lines: readonly string[]): Advertisement {
  checkFormat(lines);
  const fetch = lines.find(line => line === "fetch" || line.startsWith("fetch="));
  if (fetch === undefined) throw garbled("it offers no fetch");
  return { version: 2, canFilter: fetch.slice("fetch=".length).split(" ").includes("filter") };
}

function readFirst(all: readonly string[]): Advertisement {
  const lines = all.filter(line => line !== "version 1" && line !== "");
  const [head = "", wishes = ""] = (lines[0] ?? "").split("\0");
  const offered = wishes.split(" ");
  checkFormat(offered);
  const capabilities = [...WISHED, "shallow"].filter(name => offered.includes(name));
  const refs = [head, ...lines.slice(1)].filter(isRef).map(parseRef);
  return { version: 0, capabilities, refs };
}

// An empty repository has only a place to hang its capabilities on; a shallow one tells where its history ends.
function isRef(line: string): boolean {
  return line !== "" && !line.endsWith(" capabilities^{}") && !line.startsWith("shallow ");
}

function checkFormat(capabilities: readonly string[]): void {
  const format = capabilities.find(line => line.startsWith("object-format="));
  if (format === undefined || format === "object-format=sha1") return;
  throw unsupported(excerpt(format.slice("object-format=".length), 20));
}

function checkOid(oid: string): string {
  if (/^[0-9a-f]{40}$/.test(oid)) return oid;
  if (/^[0-9a-f]{64}$/.test(oid)) throw unsupported("sha256");
  throw garbled("it names a commit that is none");
}

function unsupported(format: string): NopeaError {
  return new NopeaError(
    "git-unsupported",
    `the repository's objects have ${format.toUpperCase()} names, which nopea does not read (SHA-1 only)`,
  );
}
