/** Letters to real receivers that are down, slow, broken or picky: order, tries, bounds. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { clock } from "../../../src/adapters/clock";
import { createGitConnections } from "../../../src/adapters/git/connections";
import { createDelivery } from "../../../src/adapters/outbox/delivery";
import { createOutbox, type OutboxOptions } from "../../../src/adapters/outbox/outbox";
import { NopeaError } from "../../../src/model/errors";
import type { Destination, Letter, LogFields } from "../../../src/ports";
import { startEventSink, type EventSink } from "../../support/event-sink";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

async function sink(port = 0): Promise<EventSink> {
  const started = await startEventSink(port);
  ends.push(() => started.stop());
  return started;
}

interface Limits {
  readonly timeoutMs?: number;
  readonly answerMs?: number;
}

function create(options: Partial<OutboxOptions> & Limits = {}) {
  const lines: string[] = [];
  const dropped: string[] = [];
  const write = (fields: LogFields, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const connections = (allowLoopback: boolean) =>
    createGitConnections({ policy: () => ({ allowPrivate: true, allowLoopback }) });
  const [guarded, trusted] = [connections(false), connections(true)];
  const life = new AbortController();
  ends.push(async () => {
    life.abort(new Error("the test is over"));
    await Promise.all([guarded.destroy(), trusted.destroy()]);
  });
  const outbox = createOutbox({
    deliver: createDelivery({ guarded, trusted, timeoutMs: 5_000, ...options }),
    clock,
    log: { info: write, warn: write, error: write },
    dropped: why => dropped.push(why),
    life: life.signal,
    pausesMs: [10, 20, 40],
    ...options,
  });
  const idle = () => expect.poll(() => outbox.depth(), { timeout: 20_000 }).toBe(0);
  return { outbox, dropped, lines, idle, life };
}

function to(url: string, isTrusted = true): Destination {
  return { key: url, isTrusted, url: () => Promise.resolve(url) };
}

function letter(destination: Destination, lane: string, text: string): Letter {
  return {
    lane,
    to: destination,
    mediaType: "application/cloudevents+json",
    body: JSON.stringify({ lane, text }),
    about: { repository: lane, endpoint: "NOPEA_CDEVENTS_ENDPOINT" },
  };
}

function texts(received: EventSink, lane: string): readonly unknown[] {
  return received.bodies().flatMap(body => (body.lane === lane ? [body.text] : []));
}

describe("a receiver", () => {
  test("that is well: a POST with the body as it is, and its type", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    outbox.send(letter(to(receiver.url), "a", "ä"));
    await idle();
    const [{ method, path, headers, body } = expect.fail("nothing came")] = receiver.received;
    expect({ method, path, body }).toEqual({
      method: "POST",
      path: "/events",
      body: '{"lane":"a","text":"ä"}',
    });
    expect(headers["content-type"]).toBe("application/cloudevents+json");
    expect(dropped).toEqual([]);
  });

  test("that fails three times: gets it with the fourth try", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    receiver.respond((_, count) => ({ status: count <= 3 ? 500 : 200 }));
    outbox.send(letter(to(receiver.url), "a", "1"));
    await idle();
    expect(texts(receiver, "a")).toEqual(["1", "1", "1", "1"]);
    expect(dropped).toEqual([]);
  });

  test.each([408, 425, 429, 500, 503])(
    "that answers %i: four tries, then it is lost",
    async status => {
      const [{ outbox, idle, dropped, lines }, receiver] = [create(), await sink()];
      receiver.respond({ status });
      outbox.send(letter(to(receiver.url), "a", "1"));
      await idle();
      expect(receiver.received).toHaveLength(4);
      expect(dropped).toEqual(["failed"]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`it answers ${status}`);
    },
  );

  test.each([400, 401, 404, 410])("that answers %i: not tried again", async status => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    receiver.respond({ status });
    outbox.send(letter(to(receiver.url), "a", "1"));
    await idle();
    expect(receiver.received).toHaveLength(1);
    expect(dropped).toEqual(["refused"]);
  });

  test("that redirects: not followed", async () => {
    const [{ outbox, idle, dropped }, receiver, other] = [create(), await sink(), await sink()];
    receiver.respond({ status: 307, headers: { location: other.url } });
    outbox.send(letter(to(receiver.url), "a", "1"));
    await idle();
    expect(other.received).toEqual([]);
    expect(receiver.received).toHaveLength(1);
    expect(dropped).toEqual(["refused"]);
  });

  test("that breaks the connection: tried again", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    receiver.respond((_, count) => (count <= 2 ? "cut" : { status: 200 }));
    outbox.send(letter(to(receiver.url), "a", "1"));
    await idle();
    expect(receiver.received).toHaveLength(3);
    expect(dropped).toEqual([]);
  });

  test("that is down, and up with the last try: gets it", async () => {
    const probe = await startEventSink();
    await probe.stop();
    let receiver: EventSink | undefined;
    const pauses: number[] = [];
    const { outbox, idle, dropped } = create({
      pausesMs: [1_000, 2_000, 4_000],
      clock: {
        sleep: async milliseconds => {
          if (pauses.push(milliseconds) === 3) receiver = await sink(probe.port);
        },
      },
    });
    outbox.send(letter(to(probe.url), "a", "1"));
    await idle();
    expect(receiver && texts(receiver, "a")).toEqual(["1"]);
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect(dropped).toEqual([]);
  });

  test("that answers too late: tried again, then given up", async () => {
    const [{ outbox, idle, dropped, lines }, receiver] = [create({ answerMs: 50 }), await sink()];
    receiver.respond({ status: 200, delayMs: 30_000 });
    outbox.send(letter(to(receiver.url), "a", "1"));
    await idle();
    expect(dropped).toEqual(["failed"]);
    expect(lines[0]).toContain("TIMEOUT");
  });

  test("that has all of a letter and thinks about it: asked once, and nobody else waits for it", async () => {
    const { outbox, idle, dropped } = create({ timeoutMs: 2_000, answerMs: 20_000 });
    const [slow, other] = [await sink(), await sink()];
    slow.respond({ status: 200, delayMs: 3_000 });
    const rooms = [1, 2, 3].map(room => to(slow.url.replace("/events", `/${room}`)));
    for (const room of rooms) {
      outbox.send(letter(room, "a", "1"));
      outbox.send(letter(room, "a", "2"));
    }
    outbox.send(letter(to(other.url), "a", "1"));
    await expect.poll(() => texts(other, "a"), { timeout: 2_500 }).toEqual(["1"]);
    await idle();
    for (const room of [1, 2, 3]) {
      const came = slow.received.filter(({ path }) => path === `/${room}`);
      expect(came.map(({ body }) => body)).toEqual(
        ["1", "2"].map(text => JSON.stringify({ lane: "a", text })),
      );
    }
    expect(dropped).toEqual([]);
  });

  test("that takes no letter to its end: tried again, then given up", async () => {
    const server = createServer(request => void request.pause());
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => new Promise(resolve => server.close(() => resolve()).closeAllConnections()));
    const { outbox, idle, dropped } = create({
      ...{ timeoutMs: 300, answerMs: 60_000, pausesMs: [1] },
      limits: { bytes: 1e9, allBytes: 1e9 },
    });
    const { port } = server.address() as AddressInfo;
    outbox.send(letter(to(`http://127.0.0.1:${port}/`), "a", "x".repeat(30_000_000)));
    await idle();
    expect(dropped).toEqual(["failed"]);
  });

  test("that answers with more than anybody wants to read: delivered", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    receiver.respond({ status: 200, body: "x".repeat(20_000_000) });
    for (let at = 0; at < 5; at++) outbox.send(letter(to(receiver.url), "a", `${at}`));
    await idle();
    expect(texts(receiver, "a")).toEqual(["0", "1", "2", "3", "4"]);
    expect(dropped).toEqual([]);
  });

  test("that never ends its answer: delivered, and hardly any of it is read", async () => {
    let written = 0;
    const chunk = Buffer.alloc(65_536);
    const server = createServer((_, response) => {
      const write = () => {
        if (response.destroyed) return;
        written += chunk.length;
        if (response.write(chunk)) setImmediate(write);
      };
      response.writeHead(200).on("drain", write);
      write();
    });
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => new Promise(resolve => server.close(() => resolve()).closeAllConnections()));
    const { outbox, idle, dropped } = create({ timeoutMs: 2_000 });
    const { port } = server.address() as AddressInfo;
    outbox.send(letter(to(`http://127.0.0.1:${port}/`), "a", "1"));
    await idle();
    expect(dropped).toEqual([]);
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  test("whose address has a user name and a password: is shown them", async () => {
    const [{ outbox, idle }, receiver] = [create(), await sink()];
    const url = receiver.url.replace("//", "//lar%40ry:s3cret@");
    outbox.send(letter(to(url), "a", "1"));
    await idle();
    const login = Buffer.from("lar@ry:s3cret").toString("base64");
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${login}`);
  });
});

describe("order", () => {
  test("a lane that is tried again and again: stays in order, and keeps no other waiting", async () => {
    const [{ outbox, idle }, receiver] = [create({ pausesMs: [100, 100, 100] }), await sink()];
    const tries = new Map<string, number>();
    receiver.respond(({ body }) => {
      const count = (tries.get(body) ?? 0) + 1;
      tries.set(body, count);
      return { status: body.includes('"bad') && count <= 2 ? 503 : 200 };
    });
    const bad = ["bad1", "bad2", "bad3", "bad4", "bad5", "bad6"];
    const numbers = Array.from({ length: 20 }, (_, at) => `${at}`);
    for (const text of numbers.slice(0, 3)) {
      for (const lane of bad) outbox.send(letter(to(receiver.url), lane, text));
    }
    for (const text of numbers) outbox.send(letter(to(receiver.url), "good", text));
    await idle();
    expect(texts(receiver, "good")).toEqual(numbers);
    for (const lane of bad) {
      expect(texts(receiver, lane)).toEqual(["0", "0", "0", "1", "1", "1", "2", "2", "2"]);
    }
    const lanes = receiver.bodies().map(({ lane }) => lane);
    expect(lanes.lastIndexOf("good")).toBeLessThan(lanes.lastIndexOf("bad1"));
  });

  test("a letter that is refused: the next of its lane goes on", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    receiver.respond((_, count) => ({ status: count === 1 ? 400 : 200 }));
    for (const text of ["1", "2", "3"]) outbox.send(letter(to(receiver.url), "a", text));
    await idle();
    expect(texts(receiver, "a")).toEqual(["1", "2", "3"]);
    expect(dropped).toEqual(["refused"]);
  });

  test("a receiver that hangs: others get theirs meanwhile", async () => {
    const [{ outbox }, slow, quick] = [create(), await sink(), await sink()];
    slow.respond("hang");
    for (let at = 0; at < 20; at++) outbox.send(letter(to(slow.url), `${at}`, "1"));
    outbox.send(letter(to(quick.url), "0", "2"));
    await expect.poll(() => texts(quick, "0")).toEqual(["2"]);
    await expect.poll(() => outbox.depth()).toBe(20);
  });
});

describe("bounds", () => {
  test("a slow receiver and hundreds of repositories: four requests at once", async () => {
    const [{ outbox, idle }, receiver] = [create(), await sink()];
    receiver.respond({ status: 200, delayMs: 5 });
    for (let at = 0; at < 200; at++) outbox.send(letter(to(receiver.url), `${at}`, "1"));
    await idle();
    expect(receiver.received).toHaveLength(200);
    expect(receiver.mostAtOnce()).toBe(4);
  });

  test("more letters than there is room for: counted, told once, and the older ones arrive", async () => {
    const limits = { letters: 10 };
    const [{ outbox, idle, dropped, lines }, receiver] = [create({ limits }), await sink()];
    for (let at = 0; at < 1_000; at++) outbox.send(letter(to(receiver.url), "a", `${at}`));
    expect(outbox.depth()).toBe(10);
    expect(dropped).toEqual(Array(990).fill("full"));
    expect(lines).toHaveLength(1);
    await idle();
    expect(texts(receiver, "a")).toEqual(Array.from({ length: 10 }, (_, at) => `${at}`));
    outbox.send(letter(to(receiver.url), "a", "late"));
    await idle();
    expect(texts(receiver, "a").at(-1)).toBe("late");
  });

  test("large letters to a receiver that hangs: no more than 8 MiB wait for it, and 64 MiB in all", async () => {
    const [{ outbox, dropped }, receiver] = [create(), await sink()];
    receiver.respond("hang");
    const mebibyte = "x".repeat(512 * 1024 - 100);
    for (let at = 0; at < 20; at++) outbox.send(letter(to(receiver.url), "a", mebibyte));
    expect(outbox.depth()).toBe(8);
    for (let at = 0; at < 200; at++) {
      outbox.send(letter({ ...to(receiver.url), key: `${at % 50}` }, "a", mebibyte));
    }
    expect(outbox.depth()).toBe(64);
    expect(dropped).toHaveLength(220 - 64);
  });

  test("the end of the process: nothing is sent any more, and nothing is told to be lost", async () => {
    const [{ outbox, idle, dropped, lines, life }, receiver] = [create(), await sink()];
    receiver.respond("hang");
    for (let at = 0; at < 20; at++) outbox.send(letter(to(receiver.url), `${at % 7}`, "1"));
    await expect.poll(() => receiver.received.length).toBe(4);
    life.abort(new Error("the end"));
    await idle();
    outbox.send(letter(to(receiver.url), "a", "1"));
    expect(receiver.received).toHaveLength(4);
    expect([dropped, lines]).toEqual([[], []]);
  });
});

describe("addresses", () => {
  test.each(["127.0.0.1", "localhost", "169.254.169.254"])(
    "a user's, on %s: not allowed, and not tried again",
    async host => {
      const [{ outbox, idle, dropped, lines }, receiver] = [create(), await sink()];
      outbox.send(letter(to(`http://${host}:${receiver.port}/t0ken`, false), "a", "1"));
      await idle();
      expect(receiver.received).toEqual([]);
      expect(dropped).toEqual(["forbidden"]);
      expect(lines.join()).not.toMatch(/t0ken|127|localhost|169/);
    },
  );

  test("one that can't be found out, then can: delivered", async () => {
    const [{ outbox, idle, dropped }, receiver] = [create(), await sink()];
    let asked = 0;
    const missing = new NopeaError("secret-not-found", "Secret shop/room does not exist");
    const url = () => (asked++ < 2 ? Promise.reject(missing) : Promise.resolve(receiver.url));
    outbox.send(letter({ key: "s", isTrusted: true, url }, "a", "1"));
    await idle();
    expect(texts(receiver, "a")).toEqual(["1"]);
    expect(dropped).toEqual([]);
  });

  test("one that can't be found out at all: lost, and told why", async () => {
    const { outbox, idle, dropped, lines } = create();
    const missing = new NopeaError("secret-not-found", "Secret shop/room does not exist");
    outbox.send(
      letter({ key: "s", isTrusted: true, url: () => Promise.reject(missing) }, "a", "1"),
    );
    await idle();
    expect(dropped).toEqual(["failed"]);
    expect(lines[0]).toContain("Secret shop/room does not exist");
  });

  test("one that is never told: given up after its time", async () => {
    const { outbox, idle, dropped } = create({ timeoutMs: 20 });
    const url = () => new Promise<string>(() => undefined);
    outbox.send(letter({ key: "s", isTrusted: true, url }, "a", "1"));
    await idle();
    expect(dropped).toEqual(["failed"]);
  });

  test("whatever fails: neither the address nor the body is logged", async () => {
    const { outbox, idle, lines } = create();
    const probe = await startEventSink();
    await probe.stop();
    const urls = [
      `http://larry:s3cret@127.0.0.1:${probe.port}/t0ken`,
      "https://t0ken.invalid/t0ken",
      "gopher://t0ken",
      "http://127.0.0.1:1/t0ken",
    ];
    for (const url of urls) outbox.send(letter(to(url), url.slice(0, 4), "s3cret"));
    await idle();
    expect(lines).toHaveLength(4);
    expect(lines.join()).not.toMatch(/t0ken|s3cret|127\.0/);
  });
});
