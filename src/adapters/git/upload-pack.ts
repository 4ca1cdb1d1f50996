/** Asks for one commit with all of its files and nothing of its history, and takes the pack from the answer. */
import { NopeaError } from "../../model/errors";
import type { Tip } from "./branch";
import { createGrowingBuffer } from "./growing-buffer";
import type { GitHttp } from "./http";
import { FLUSH, pktLine, readPktLines } from "./pkt-line";
import { excerpt } from "./printable";

// isomorphic-git's own fetch is not used: it fails where HEAD names no branch, takes a server's error in the middle of
// the pack for its end, prefers a tag to a branch of the same name, and unpacks without any limit.

/** The pack of the tip's commit. */
export async function requestPack(
  http: GitHttp,
  url: string,
  tip: Tip,
  maxBytes: number,
): Promise<Buffer> {
  const response = await http.request({
    url: `${url}/git-upload-pack`,
    method: "POST",
    headers: {
      "content-type": "application/x-git-upload-pack-request",
      accept: "application/x-git-upload-pack-result",
    },
    body: iterate(Buffer.from(writeRequest(tip))),
  });
  if (response.body === undefined) throw new NopeaError("git-protocol", "the answer is empty");
  const pack = createGrowingBuffer(maxBytes);
  for await (const line of readPktLines(response.body)) {
    const piece = readLine(line);
    if (piece !== undefined) pack.append(piece);
  }
  return pack.bytes();
}

function writeRequest({ commit, capabilities }: Tip): string {
  if (!capabilities.includes("side-band-64k")) {
    throw new NopeaError("git-protocol", "the Git server is too old: it lacks side-band-64k");
  }
  const wished = ["side-band-64k", "ofs-delta", "no-progress"];
  const agreed = wished.filter(capability => capabilities.includes(capability));
  const shallow = capabilities.includes("shallow") ? pktLine("deepen 1\n") : "";
  return `${pktLine(`want ${commit} ${agreed.join(" ")}\n`)}${shallow}${FLUSH}${pktLine("done\n")}`;
}

// The first byte of a line is its band: 1 the pack, 2 progress, 3 the server gives up. Before the pack come words.
function readLine(line: Buffer): Buffer | undefined {
  const band = line[0];
  if (band === 1) return line.subarray(1);
  if (band === 2) return undefined;
  const text = line.toString("utf8", band === 3 ? 1 : 0);
  if (band === 3 || text.startsWith("ERR ")) {
    throw new NopeaError("git-protocol", `the Git server gave up: ${excerpt(text)}`);
  }
  if (/^(shallow|unshallow|NAK|ACK)\b/.test(text)) return undefined;
  throw new NopeaError("git-protocol", "the Git server's answer is not the Git protocol");
}

// eslint-disable-next-line @typescript-eslint/require-await -- isomorphic-git's type of a body is asynchronous
async function* iterate(buffer: Buffer): AsyncGenerator<Uint8Array, undefined> {
  yield buffer;
  return undefined;
}
