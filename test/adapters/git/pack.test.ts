/** Packs that lie: every one is an error of the catalogue, soon, and none takes memory. */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDelta } from "../../../src/adapters/git/delta";
import { GIT_LIMITS, type GitLimits } from "../../../src/adapters/git/limits";
import { openPack } from "../../../src/adapters/git/pack";
import { createPacer } from "../../../src/adapters/git/pacer";
import { NopeaError } from "../../../src/model/errors";

const BLOB = 3;
const OFFSET_DELTA = 6;
const NAME_DELTA = 7;

function entry(type: number, bytes: number, data: Buffer, base: readonly number[] = []): Buffer {
  const head = [(type << 4) | (bytes & 15)];
  for (let rest = Math.floor(bytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head.push(rest % 128);
  }
  const marked = head.map((byte, index) => (index < head.length - 1 ? byte | 128 : byte));
  return Buffer.concat([Buffer.from([...marked, ...base]), deflateSync(data)]);
}

function packOf(...entries: readonly Buffer[]): Buffer {
  const head = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  head.writeUInt32BE(entries.length, 8);
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
}

const OUTSIDE = { kind: "blob", data: Buffer.from("outside") } as const;

function open(pack: Buffer, limits: Partial<GitLimits> = {}) {
  const pacer = createPacer(new AbortController().signal);
  return openPack(pack, {
    limits: { ...GIT_LIMITS, ...limits },
    pacer,
    outside: oid => (oid === blobName("outside") ? OUTSIDE : undefined),
  });
}

/** A base's distance as the pack writes it. */
function offset(distance: number): number[] {
  const digits = [distance % 128];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    digits.unshift(rest % 128 | 128);
  }
  return digits;
}

function blobName(text: string): string {
  return createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");
}

describe("openPack", () => {
  it("a blob and a delta of it: both by their names", async () => {
    const base = entry(BLOB, 5, Buffer.from("hello"));
    const delta = Buffer.from([5, 8, 0x90, 5, 3, ...Buffer.from("!!!")]);
    const pack = await open(packOf(base, entry(OFFSET_DELTA, delta.length, delta, [base.length])));
    expect(pack.read(blobName("hello"), "blob").toString()).toBe("hello");
    expect(pack.read(blobName("hello!!!"), "blob").toString()).toBe("hello!!!");
    expect(pack.bytes(blobName("hello!!!"))).toBe(8);
  });

  it("a delta of an object that is not in the pack: by its name where the base is known", async () => {
    const delta = Buffer.from([7, 8, 0x90, 7, 1, ...Buffer.from("!")]);
    const of = (text: string) =>
      entry(NAME_DELTA, delta.length, delta, [...Buffer.from(blobName(text), "hex")]);
    const pack = await open(packOf(of("outside"), of("unknown")));
    expect(pack.read(blobName("outside!"), "blob").toString()).toBe("outside!");
    expect(() => pack.read(blobName("unknown!"), "blob")).toThrow("missing");
  });

  it("deltas that name their base, also one that comes later: by their names", async () => {
    const named = (text: string, delta: Buffer) =>
      entry(NAME_DELTA, delta.length, delta, [...Buffer.from(blobName(text), "hex")]);
    const second = named("hello!", Buffer.from([6, 7, 0x90, 6, 1, ...Buffer.from("?")]));
    const first = named("hello", Buffer.from([5, 6, 0x90, 5, 1, ...Buffer.from("!")]));
    const pack = await open(packOf(second, first, entry(BLOB, 5, Buffer.from("hello"))));
    expect(pack.read(blobName("hello!?"), "blob").toString()).toBe("hello!?");
    expect(pack.read(blobName("hello!"), "blob").toString()).toBe("hello!");
  });

  it("a delta that names a base that is not there: passed over", async () => {
    const delta = Buffer.from([5, 6, 0x90, 5, 1, ...Buffer.from("!")]);
    const base = [...Buffer.from(blobName("hello"), "hex")];
    const pack = await open(packOf(entry(NAME_DELTA, delta.length, delta, base)));
    expect(() => pack.read(blobName("hello!"), "blob")).toThrow("missing");
  });

  it("an object of another kind than asked for, or not there: git-protocol", async () => {
    const pack = await open(packOf(entry(BLOB, 5, Buffer.from("hello"))));
    expect(() => pack.read(blobName("hello"), "tree")).toThrow("is no tree");
    expect(() => pack.read(blobName("other"), "blob")).toThrow("missing");
    expect(pack.bytes(blobName("other"))).toBeUndefined();
  });

  it.each([
    ["an object longer than it says", packOf(entry(BLOB, 3, Buffer.from("hello")))],
    ["an object shorter than it says", packOf(entry(BLOB, 9, Buffer.from("hello")))],
    ["a delta whose base is before the pack", packOf(entry(6, 5, Buffer.from("hello"), [127]))],
    ["an unknown type", packOf(entry(5, 5, Buffer.from("hello")))],
    [
      "a wrong checksum",
      Buffer.concat([packOf(entry(BLOB, 1, Buffer.from("a"))), Buffer.from("x")]),
    ],
    ["nothing", Buffer.alloc(0)],
  ])("%s: git-protocol", async (_, pack) => {
    await expect(open(pack)).rejects.toMatchObject({ code: "git-protocol" });
  });

  it.each([
    ["an object that claims gigabytes", packOf(entry(BLOB, 2 ** 40, Buffer.from("hello")))],
    ["a delta that claims gigabytes", packOf(entry(6, 2 ** 40, Buffer.from("hello"), [1]))],
  ])("%s: git-too-large, and nothing is unpacked", async (_, pack) => {
    await expect(open(pack)).rejects.toMatchObject({ code: "git-too-large" });
  });

  it.each([
    [2, "git-protocol"],
    [4_000_000_000, "git-too-large"],
  ])("%i objects announced, one sent: %s", async (count, code) => {
    const body = packOf(entry(BLOB, 1, Buffer.from("a"))).subarray(0, -20);
    body.writeUInt32BE(count, 8);
    const pack = Buffer.concat([body, createHash("sha1").update(body).digest()]);
    await expect(open(pack)).rejects.toMatchObject({ code });
  });

  it("a length of hundreds of zero digits: git-protocol", async () => {
    const zeros = Buffer.from(Array.from({ length: 300 }, () => 0x80));
    const delta = Buffer.concat([Buffer.from([5]), zeros, Buffer.from([1])]);
    const base = entry(BLOB, 5, Buffer.from("hello"));
    const pack = packOf(base, entry(OFFSET_DELTA, delta.length, delta, [base.length]));
    await expect(open(pack)).rejects.toMatchObject({ code: "git-protocol" });
  });

  it("deltas that lead from one object to another and back: both, for ever", async () => {
    const copy = (from: string, text: string) => [from.length, ...insert(text)];
    const insert = (text: string) => [text.length, text.length, ...Buffer.from(text)];
    const named = (base: string, text: string) => {
      const delta = Buffer.from(copy(base, text));
      return entry(NAME_DELTA, delta.length, delta, [...Buffer.from(blobName(base), "hex")]);
    };
    // what fills the cache, so that nothing of the circle is found in it
    const large = Array.from({ length: 6 }, (_, index) => {
      const data = Buffer.alloc(3.9 * 2 ** 20, index);
      return entry(BLOB, data.length, data);
    });
    const first = entry(BLOB, 3, Buffer.from("one"));
    const pack = await open(
      packOf(first, named("one", "two"), named("two", "one"), ...large, named("two", "end")),
    );
    for (const text of ["one", "two", "end"]) {
      expect(pack.read(blobName(text), "blob").toString()).toBe(text);
    }
  });

  it("deltas in the worst order, a thousand of them: soon", async () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `text ${index}`);
    const deltas = texts.slice(1).map((text, index) => {
      const base = texts[index] ?? "";
      const delta = Buffer.from([base.length, text.length, text.length, ...Buffer.from(text)]);
      return entry(NAME_DELTA, delta.length, delta, [...Buffer.from(blobName(base), "hex")]);
    });
    const first = entry(BLOB, texts[0]?.length ?? 0, Buffer.from(texts[0] ?? ""));
    const pack = await open(packOf(...deltas.reverse(), first));
    expect(pack.read(blobName("text 999"), "blob").toString()).toBe("text 999");
  });

  it("small deltas that make much again and again: git-too-large", async () => {
    const data = Buffer.alloc(5 * 2 ** 20, "x");
    const base = entry(BLOB, data.length, data);
    let end = 12 + base.length;
    const deltas = Array.from({ length: 20 }, () => {
      // copies 65,536 bytes from the start: a length of zero means so many
      const delta = Buffer.from([...varint(data.length), ...varint(65_536), 0x80]);
      const one = entry(OFFSET_DELTA, delta.length, delta, offset(end - 12));
      end += one.length;
      return one;
    });
    const limits = { unpackedBytes: 6 * 2 ** 20 };
    await expect(open(packOf(base, ...deltas), limits)).rejects.toMatchObject({
      code: "git-too-large",
    });
  });

  it("a bomb that says how large it is: git-too-large; one that lies: git-protocol", async () => {
    const zeros = Buffer.alloc(8 * 2 ** 20);
    const limits = { unpackedBytes: 2 ** 20 };
    await expect(open(packOf(entry(BLOB, zeros.length, zeros)), limits)).rejects.toMatchObject({
      code: "git-too-large",
    });
    await expect(open(packOf(entry(BLOB, 10, zeros)), limits)).rejects.toMatchObject({
      code: "git-protocol",
    });
  });

  it("a delta that makes gigabytes of few bytes: git-too-large", async () => {
    const base = entry(BLOB, 5, Buffer.from("hello"));
    const delta = Buffer.from([5, ...varint(2 ** 40), 0x90, 5]);
    const pack = packOf(base, entry(OFFSET_DELTA, delta.length, delta, [base.length]));
    await expect(open(pack)).rejects.toMatchObject({ code: "git-too-large" });
  });

  it("an object too large to be held: passed over, and an error only for who asks for it", async () => {
    const text = "x".repeat(2000);
    const pack = await open(packOf(entry(BLOB, 2000, Buffer.from(text))), { objectBytes: 1000 });
    expect(() => pack.read(blobName(text), "blob")).toThrow("too large");
  });

  it("any bytes behind a right checksum: an error of the catalogue or a pack, never a crash", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
        async parts => {
          const result = await open(packOf(...parts.map(part => Buffer.from(part)))).catch(
            (error: unknown) => error,
          );
          expect(result instanceof Error ? result instanceof NopeaError : true).toBe(true);
        },
      ),
    );
  });

  it("aborted: rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const blobs = Array.from({ length: 5000 }, (_, index) => {
      const data = Buffer.from(`${index}`.padStart(64));
      return entry(BLOB, data.length, data);
    });
    const pacer = createPacer(controller.signal);
    const opened = openPack(packOf(...blobs), {
      limits: GIT_LIMITS,
      pacer,
      outside: () => undefined,
    });
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(opened).rejects.toBe(reason);
  });
});

describe("applyDelta", () => {
  it("any bytes as a delta: a result of the announced length or an error, never a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(300), (rest, length) => {
        const delta = Buffer.from([5, ...varint(length), ...rest]);
        try {
          expect(applyDelta(delta, Buffer.from("hello"))).toHaveLength(length);
        } catch (error) {
          expect(error).toBeInstanceOf(NopeaError);
        }
      }),
    );
  });
});
