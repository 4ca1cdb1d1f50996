/** Answers with any bytes in them: an error of the catalogue or the truth, never a crash, never a hang, never half a tree. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAdvertisement } from "../../../src/adapters/git/advertisement";
import { createGitConnections } from "../../../src/adapters/git/connections";
import { createGitSource } from "../../../src/adapters/git/git-source";
import { readPack } from "../../../src/adapters/git/pack-order";
import { FLUSH, pktLine, readPktLines } from "../../../src/adapters/git/pkt-line";
import { startGitServer } from "../../../src/local/git-server";
import { NopeaError } from "../../../src/model/errors";
import { fetchTip, textOf } from "../../contracts/git-source";
import { ADVERTISEMENT, RESULT, startRawServer, type RawServer } from "./raw-server";

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let at = 0;
  for (const end of [...ends, bytes.length]) {
    await Promise.resolve();
    if (end > at) yield bytes.subarray(at, end);
    at = end;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The result, or "refused" for an error of the catalogue; anything else is a bug. */
async function orRefused<T>(work: Promise<T>): Promise<T | "refused"> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NopeaError) return "refused";
    throw error;
  }
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array));
/** Lines that look right, with garbage in between. */
const nearly = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 60 }).map(text => Buffer.from(pktLine(text))),
      fc
        .constantFrom("0000", "0001", "0002", "0003", "0004", "fff0", "zzzz")
        .map(text => Buffer.from(text)),
      fc
        .constantFrom("version 2\n", "fetch=shallow filter\n", "packfile\n", "\u0001PACK", "ERR no")
        .map(text => Buffer.from(pktLine(text))),
      bytes,
    ),
    { maxLength: 12 },
  )
  .map(parts => Buffer.concat(parts));

describe("lines", () => {
  it("any lines, cut anywhere: the same lines", async () => {
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(texts, cuts, async (lines, where) => {
        const body = Buffer.from(`${lines.map(pktLine).join("")}${FLUSH}`);
        const read = await collect(readPktLines(inPieces(body, where)));
        expect(read.map(String)).toEqual(lines);
      }),
    );
  });

  it("anything else: lines or an error of the catalogue", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, nearly), cuts, async (body, where) => {
        await orRefused(collect(readPktLines(inPieces(body, where))));
        await orRefused(readAdvertisement(inPieces(body, where), 1000));
        const reading = { maxBytes: 1000, makeRoom: () => Promise.resolve() };
        await orRefused(readPack(inPieces(body, where), reading));
      }),
      { numRuns: 500 },
    );
  });

  it("an answer that ends where a line ends, without a flush: refused", async () => {
    const body = Buffer.from(pktLine("version 2\n"));
    expect(await orRefused(readAdvertisement(inPieces(body, []), 1000))).toBe("refused");
  });
});

describe("a real conversation with bytes changed, cut or added", () => {
  const connections = createGitConnections({
    policy: () => ({ allowPrivate: false, allowLoopback: true }),
    timeouts: { idleMs: 2000, headersMs: 2000 },
  });
  const files = { "d/a.yaml": "a: 1\n", "d/b.yaml": `b: ${"x".repeat(500)}\n` };
  const recorded: Buffer[] = [];
  let directory: string;
  let replay: RawServer;
  let spoil: (answer: Buffer, index: number) => Buffer = answer => answer;
  let next = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "nopea-git-"));
    const server = await startGitServer(directory);
    const repository = await server.create("real");
    await repository.commit(files);
    const through = await startRawServer((incoming, answer) => {
      void collect(incoming as AsyncIterable<Buffer>).then(async chunks => {
        const { method = "GET", url = "", headers } = incoming;
        const body = method === "POST" ? Buffer.concat(chunks) : undefined;
        const type = headers["content-type"];
        const reply = await fetch(`${server.url}${url}`, {
          method,
          headers: {
            "git-protocol": "version=2",
            ...(type === undefined ? {} : { "content-type": type }),
          },
          ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        });
        const content = Buffer.from(await reply.arrayBuffer());
        recorded.push(content);
        answer.writeHead(200, { "content-type": method === "GET" ? ADVERTISEMENT : RESULT });
        answer.end(content);
      });
    });
    const url = `${through.url}/real.git`;
    await fetchTip(createGitSource({ connections }), { url, branch: "main", path: "d" });
    await through.stop();
    await server.stop();
    replay = await startRawServer((incoming, answer) => {
      incoming.resume();
      // whoever asks anew what the server can do begins from the start
      if (incoming.method === "GET") next = 0;
      const index = next++;
      const content = spoil(recorded[index] ?? Buffer.alloc(0), index);
      answer.writeHead(200, { "content-type": index === 0 ? ADVERTISEMENT : RESULT });
      answer.end(content);
    });
  });
  afterAll(async () => {
    await connections.destroy();
    await replay.stop();
    await rm(directory, { recursive: true });
  });

  async function attempt() {
    next = 0;
    const remote = { url: `${replay.url}/real.git`, branch: "main", path: "d" };
    const tree = await orRefused(fetchTip(createGitSource({ connections }), remote));
    return tree === "refused" ? tree : textOf(tree);
  }

  it("as recorded: the tree, in four answers", async () => {
    expect(await attempt()).toEqual(files);
    expect(recorded).toHaveLength(4);
  });

  it("spoilt: refused, or the tree as it is", async () => {
    const kind = fc.constantFrom("change", "cut", "add");
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(), fc.nat(255), kind, async (which, at, byte, how) => {
        spoil = (answer, index) => {
          if (index !== which) return answer;
          const place = at % answer.length;
          const [head, tail] = [answer.subarray(0, place), answer.subarray(place)];
          if (how === "cut") return head;
          if (how === "add") return Buffer.concat([head, Buffer.from([byte]), tail]);
          return Buffer.concat([head, Buffer.from([byte]), tail.subarray(1)]);
        };
        const result = await attempt();
        if (result === "refused") refused += 1;
        else expect(result).toEqual(files);
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(75);
  }, 120_000);
});
