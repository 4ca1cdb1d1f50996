/** The HTTP port over real sockets: limits of bytes, of deliveries and of time, and answers that reach who is sending. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { createBudget } from "../../../src/adapters/http/budget";
import { startHttpServer, type HttpServerOptions } from "../../../src/adapters/http/server";
import { refuse, type Reception, type RequestHead } from "../../../src/model/http";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const MAX_BYTES = 100_000;
const reading = (deliver: (body: Uint8Array) => unknown): Reception => ({
  do: "read",
  maxBytes: MAX_BYTES,
  tooLarge: refuse(413, "too_large", "less"),
  deliver: body => {
    deliver(body);
    return { status: 200, body: { status: "received", bytes: body.length } };
  },
});

async function serve(
  receive: (head: RequestHead) => Reception,
  options: Partial<HttpServerOptions> = {},
) {
  const answers: string[] = [];
  const lines: string[] = [];
  const write = (_: unknown, message: string) => void lines.push(message);
  const server = startHttpServer({
    port: 0,
    receive,
    metrics: () => Promise.resolve("nopea_workers 1\n"),
    answered: word => answers.push(word),
    log: { info: write, warn: write, error: write },
    ...options,
  });
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, answers, lines, server };
}

/** Sends text as it is; `answer` resolves with all that came back when the connection ends, or after the time. */
function raw(port: number, text: string) {
  const socket = connect(port, "127.0.0.1");
  let seen = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (seen += chunk));
  socket.on("error", () => undefined);
  socket.write(text);
  return { socket, seen: () => seen, ended: once(socket, "close") };
}

const head = (length: string) => `POST /webhook/a HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`;

describe("a delivery", () => {
  test("its head as it was sent, its bytes untouched, the answer as JSON", async () => {
    const heads: RequestHead[] = [];
    const bodies: Uint8Array[] = [];
    const { url, answers } = await serve(request => {
      heads.push(request);
      return reading(body => bodies.push(body));
    });
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const response = await fetch(`${url}/webhook/a%2Fb?token=x`, {
      method: "POST",
      headers: { "X-GitHub-Event": "push" },
      body,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ status: "received", bytes: 256 });
    expect(heads).toMatchObject([
      { method: "POST", path: "/webhook/a%2Fb", headers: { "x-github-event": "push" } },
    ]);
    expect(Buffer.from(bodies[0] ?? [])).toEqual(Buffer.from(body));
    expect(answers).toEqual(["received"]);
  });

  test("as long as it may be: taken; one byte longer, announced or not: 413, and the server goes on", async () => {
    const { url, answers } = await serve(() => reading(() => undefined));
    const send = (body: string | ReadableStream) =>
      fetch(url, { method: "POST", body, duplex: "half" });
    expect((await send("x".repeat(MAX_BYTES))).status).toBe(200);
    expect((await send("x".repeat(MAX_BYTES + 1))).status).toBe(413);
    const unannounced = new Blob(["x".repeat(MAX_BYTES + 1)]).stream();
    expect((await send(unannounced)).status).toBe(413);
    expect((await send("x")).status).toBe(200);
    expect(answers).toEqual(["received", "too_large", "too_large", "received"]);
  });

  test("refused by its head: who is still sending gets the answer, then the connection ends", async () => {
    const refusal = refuse(401, "missing_signature", "sign it");
    const { port } = await serve(() => ({ do: "answer", answer: refusal }));
    const { seen, ended, socket } = raw(port, head("content-length: 1000000"));
    const errors: Error[] = [];
    socket.on("error", error => errors.push(error));
    socket.write("x".repeat(1_000));
    await expect.poll(seen).toMatch(/^HTTP\/1\.1 401 [^]*connection: close[^]*missing_signature/);
    for (let sent = 1_000; sent < 1_000_000; sent += 333_000) {
      await sleep(20);
      expect(socket.readyState).toBe("open");
      socket.write("x".repeat(333_000));
    }
    await ended;
    expect(errors).toEqual([]);
  });

  test("without a body and refused: the connection is kept", async () => {
    const refusal = refuse(404, "unknown_route", "elsewhere");
    const { port } = await serve(() => ({ do: "answer", answer: refusal }));
    const { seen, socket } = raw(port, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await expect.poll(seen).toMatch(/^HTTP\/1\.1 404 [^]*keep-alive[^]*unknown_route/);
    socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await expect.poll(() => seen().split("unknown_route").length).toBe(3);
    socket.destroy();
  });

  test("that asks before it sends: told to go on where its body is wanted, else not", async () => {
    let reception: Reception = reading(() => undefined);
    const { port } = await serve(() => reception);
    const asking = head("expect: 100-continue\r\ncontent-length: 2");
    const first = raw(port, asking);
    await expect.poll(first.seen).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    first.socket.write("{}");
    await expect.poll(first.seen).toContain("HTTP/1.1 200 OK");
    reception = { do: "answer", answer: refuse(400, "bad_name", "another") };
    const second = raw(port, asking);
    await expect.poll(second.seen).toMatch(/^HTTP\/1\.1 400 /);
    for (const { socket } of [first, second]) socket.destroy();
  });

  test("whose sender leaves in the middle: nobody is answered, and its room is free again", async () => {
    const room = createBudget({ deliveries: 1, bytes: 1_000 });
    const taken: number[] = [];
    const budget = { ...room, take: (bytes: number) => taken.push(bytes) > 0 && room.take(bytes) };
    const { port, url, answers, lines } = await serve(() => reading(() => undefined), { budget });
    const { socket } = raw(port, `${head("content-length: 900")}${"x".repeat(800)}`);
    await expect.poll(() => taken).toEqual([800]);
    socket.destroy();
    await expect
      .poll(async () => (await fetch(url, { method: "POST", body: "x".repeat(900) })).status)
      .toBe(200);
    expect(answers.filter(word => word !== "busy")).toEqual(["received"]);
    expect(lines).toEqual(["HTTP port is open"]);
  });
});

describe("more than there is room for", () => {
  async function hold(port: number, bytes: number): Promise<Socket> {
    const { socket } = raw(port, `${head("content-length: 50000")}${"x".repeat(bytes)}`);
    await once(socket, "connect");
    await sleep(50);
    return socket;
  }

  test("deliveries: 503 with Retry-After, and room again when one has ended", async () => {
    const budget = createBudget({ deliveries: 2, bytes: 1_000_000 });
    const { port, url } = await serve(() => reading(() => undefined), { budget });
    const sockets = [await hold(port, 1), await hold(port, 1)];
    const refused = await fetch(url, { method: "POST", body: "x" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    sockets[0]?.destroy();
    await expect
      .poll(async () => (await fetch(url, { method: "POST", body: "x" })).status)
      .toBe(200);
    sockets[1]?.destroy();
  });

  test("bytes: 503 for the one that would exceed them, not for those that were there", async () => {
    const budget = createBudget({ deliveries: 10, bytes: 60_000 });
    const { port, url } = await serve(() => reading(() => undefined), { budget });
    const socket = await hold(port, 40_000);
    expect((await fetch(url, { method: "POST", body: "x".repeat(30_000) })).status).toBe(503);
    expect((await fetch(url, { method: "POST", body: "x".repeat(10_000) })).status).toBe(200);
    socket.write("x".repeat(10_000));
    await expect
      .poll(async () => (await fetch(url, { method: "POST", body: "x".repeat(60_000) })).status)
      .toBe(200);
    socket.destroy();
  });
});

test("a bug: 500 as JSON, told in the log, and the server goes on", async () => {
  let broken = true;
  const { url, lines } = await serve(() =>
    reading(() => {
      if (broken) throw new TypeError("cannot read properties of undefined");
    }),
  );
  expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(500);
  broken = false;
  expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(200);
  expect(lines).toEqual(["HTTP port is open", "HTTP request failed"]);
});

test("metrics: as text", async () => {
  const { url, answers } = await serve(() => ({ do: "metrics" }));
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toBe("nopea_workers 1\n");
  expect(answers).toEqual([]);
});

test.each(["\r\n\r\n", "GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", `GET /${"x".repeat(20_000)}`])(
  "what is no HTTP (%#): 4xx or silence, and the server goes on",
  async text => {
    const { port, url } = await serve(() => reading(() => undefined));
    const { seen, socket } = raw(port, text);
    await sleep(100);
    expect(seen()).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    socket.destroy();
    expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(200);
  },
);

test(
  "a port that somebody has: told, tried again, and open when it is free",
  { timeout: 15_000 },
  async () => {
    const other = createServer().listen(0);
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const lines: string[] = [];
    const write = (_: unknown, message: string) => void lines.push(message);
    const server = startHttpServer({
      port,
      receive: () => reading(() => undefined),
      metrics: () => Promise.resolve(""),
      answered: () => undefined,
      log: { info: write, warn: write, error: write },
    });
    servers.push(server);
    await expect.poll(() => lines).toEqual(["HTTP port cannot be opened, will try again"]);
    other.close();
    await expect.poll(() => lines.at(-1), { timeout: 8_000 }).toBe("HTTP port is open");
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "x" });
    expect(answer.status).toBe(200);
  },
);
