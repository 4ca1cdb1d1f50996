/** Servers that are down, slow, hostile or no Git servers at all: each has its own error, and none hangs. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createGitConnections, type GitTimeouts } from "../../../src/adapters/git/connections";
import { createGitSource } from "../../../src/adapters/git/git-source";
import type { GitLimits } from "../../../src/adapters/git/limits";
import type { ErrorCode, NopeaError } from "../../../src/model/errors";
import type { GitSource } from "../../../src/ports";
import { nothingKnown } from "../../contracts/git-source";
import {
  ADVERTISEMENT,
  RESULT,
  advertise,
  line,
  startRawServer,
  type RawServer,
} from "./raw-server";

const COMMIT = "1234567890".repeat(4);
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function openSource(limits: Partial<GitLimits> = {}, timeouts: Partial<GitTimeouts> = {}) {
  const policy = { allowPrivate: false, allowLoopback: true };
  const connections = createGitConnections({ policy: () => policy, timeouts });
  ends.push(() => connections.destroy());
  return createGitSource({ connections, limits });
}

async function serve(handler: (incoming: IncomingMessage, answer: ServerResponse) => void) {
  const server = await startRawServer(handler);
  ends.push(() => server.stop());
  return server;
}

function at(url: string) {
  return { url, branch: "main", path: "" };
}

async function failure(attempt: Promise<unknown>): Promise<NopeaError> {
  const error: unknown = await attempt.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  return error as NopeaError;
}

function ask(source: GitSource, verb: "resolve" | "fetch", url: string, signal: AbortSignal) {
  return verb === "resolve"
    ? source.resolve(at(url), signal)
    : source.fetch(at(url), COMMIT, nothingKnown, signal);
}

/** Both verbs fail alike. */
async function expectFailure(url: string, code: ErrorCode, text: RegExp, source = openSource()) {
  const signal = new AbortController().signal;
  for (const verb of ["resolve", "fetch"] as const) {
    const error = await failure(ask(source, verb, url, signal));
    expect(error).toMatchObject({ name: "NopeaError", code });
    expect(error.message).toMatch(text);
  }
}

async function closedPort(): Promise<string> {
  const server = await startRawServer(() => undefined);
  await server.stop();
  return server.url;
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await check()); tries++) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  expect(await check()).toBe(true);
}

describe("unreachable", () => {
  it("nothing listens: git-unreachable, in words", async () => {
    await expectFailure(`${await closedPort()}/a.git`, "git-unreachable", /refused the connection/);
  });

  it("a name that nobody has: git-unreachable, naming it", async () => {
    await expectFailure(
      "http://no-such-host.invalid/a.git",
      "git-unreachable",
      /no-such-host\.invalid.*name can't be resolved/,
    );
  });

  it("the connection breaks off: git-unreachable", async () => {
    const server = await serve(incoming => incoming.socket.destroy());
    await expectFailure(`${server.url}/a.git`, "git-unreachable", /broke off/);
  });

  it("HTTPS to a server without TLS: git-unreachable that says TLS", async () => {
    const server = await serve((_, answer) => answer.end());
    await expectFailure(server.url.replace("http:", "https:"), "git-unreachable", /TLS/);
  });

  it("a server that speaks no HTTP: git-protocol", async () => {
    const server = createServer(socket => socket.resume().end("SSH-2.0-OpenSSH_9.9\r\n"));
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => new Promise(resolve => server.close(resolve)));
    const { port } = server.address() as { port: number };
    await expectFailure(`http://127.0.0.1:${port}/a.git`, "git-protocol", /not HTTP/);
  });
});

describe("slow", () => {
  it("no answer within the limit: git-timeout", async () => {
    const server = await serve(() => undefined);
    const source = openSource({}, { headersMs: 200 });
    await expectFailure(server.url, "git-timeout", /did not answer in time/, source);
  });

  it("an answer that stops in the middle: git-timeout", async () => {
    const server = await serve((_, answer) => {
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).write("001e# service=");
    });
    const source = openSource({}, { idleMs: 200 });
    await expectFailure(server.url, "git-timeout", /stopped in the middle/, source);
  });

  it.each(["resolve", "fetch"] as const)(
    "%s is aborted while the server hangs: rejects at once with the reason, and the socket ends",
    async verb => {
      const server = await serve(() => undefined);
      const controller = new AbortController();
      const attempt = failure(ask(openSource(), verb, server.url, controller.signal));
      await eventually(async () => (await server.sockets()) === 1);
      const reason = new Error("enough");
      const before = performance.now();
      controller.abort(reason);
      expect(await attempt).toBe(reason);
      expect(performance.now() - before).toBeLessThan(5_000);
      await eventually(async () => (await server.sockets()) === 0);
    },
  );

  it("aborted in the middle of an answer: rejects with the reason, and the socket ends", async () => {
    const server = await serve((_, answer) => {
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).write("001e# service=");
    });
    const reason = new Error("enough");
    const controller = new AbortController();
    const attempt = failure(ask(openSource(), "fetch", server.url, controller.signal));
    await new Promise(resolve => setTimeout(resolve, 100));
    controller.abort(reason);
    expect(await attempt).toBe(reason);
    await eventually(async () => (await server.sockets()) === 0);
  });
});

describe("refusing", () => {
  it.each([
    [401, "git-authentication", /credentials, and none were sent/],
    [403, "git-authentication", /no credentials were sent/],
    [404, "git-not-found", /has no such repository/],
    [429, "git-unreachable", /too many requests/],
    [500, "git-unreachable", /HTTP 500/],
    [503, "git-unreachable", /HTTP 503/],
    [418, "git-protocol", /HTTP 418/],
  ] as const)("HTTP %i: %s", async (status, code, text) => {
    const server = await serve((_, answer) => answer.writeHead(status).end("<p>secret</p>"));
    await expectFailure(`${server.url}/a.git`, code, text);
  });

  it("plain text beside the status: quoted in one short line; a page: not at all", async () => {
    const bodies = ["text/plain", "text/html"].map(type => async () => {
      const server = await serve((_, answer) =>
        answer.writeHead(403, { "content-type": type }).end(`no\n\u0007way ${"x".repeat(9999)}`),
      );
      return failure(openSource().resolve(at(server.url), new AbortController().signal));
    });
    const [plain, page] = [await bodies[0]?.(), await bodies[1]?.()];
    expect(plain?.message).toContain("no way xxx");
    expect(plain?.message.length).toBeLessThan(400);
    expect(page?.message).not.toContain("way");
  });

  it("an error in Git's own words: git-protocol with them", async () => {
    const server = await serve((_, answer) =>
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(line("ERR not today\n")),
    );
    await expectFailure(server.url, "git-protocol", /refuses: not today/);
  });
});

describe("not a Git server", () => {
  it.each(["text/html", "text/plain", ""])("an answer of type '%s': git-protocol", async type => {
    const server = await serve((_, answer) =>
      answer.writeHead(200, type === "" ? {} : { "content-type": type }).end("<html>"),
    );
    await expectFailure(`${server.url}/a`, "git-protocol", /is not a Git repository/);
  });

  it.each([
    ["garbage", "zzzz not a length"],
    ["an impossible length", "0003"],
    ["an empty answer", ""],
    ["a line that is cut off", "00ff1234"],
    ["HTML", "<html><body>hello</body></html>"],
  ])("%s of the right type: git-protocol", async (_, body) => {
    const server = await serve((_incoming, answer) =>
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(body),
    );
    await expectFailure(server.url, "git-protocol", /Git protocol|nothing at all/);
  });

  it("an encoding that nobody asked for: git-protocol, and it is not unpacked", async () => {
    const server = await serve((_, answer) =>
      answer.writeHead(200, { "content-type": ADVERTISEMENT, "content-encoding": "gzip" }).end("x"),
    );
    await expectFailure(server.url, "git-protocol", /encoding/);
  });
});

describe("lying", () => {
  function serveAfterAdvertisement(...pieces: readonly (string | Buffer)[]): Promise<RawServer> {
    return serve((incoming, answer) => {
      if (incoming.method === "GET") {
        answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(advertise(COMMIT));
        return;
      }
      incoming.resume();
      answer.writeHead(200, { "content-type": RESULT });
      answer.end(Buffer.concat(pieces.map(piece => Buffer.from(piece))));
    });
  }

  it.each([
    [
      "an error in the middle of the pack",
      [line("NAK\n"), line("\u0003out of memory\n")],
      /refuses: out of memory/,
    ],
    ["an error instead of a pack", [line("ERR no memory\n")], /refuses: no memory/],
    ["no pack at all", [line("NAK\n"), "0000"], /damaged pack/],
    [
      "garbage instead of a pack",
      [line("NAK\n"), line(`\u0001PACK${"x".repeat(99)}`), "0000"],
      /damaged pack/,
    ],
    [
      "a pack that ends without an end",
      [line("NAK\n"), line(`\u0001PACK${"x".repeat(99)}`)],
      /ends too early/,
    ],
    ["words that mean nothing", [line("hello\n")], /not the Git protocol/],
    ["half a line", [line("NAK\n"), "00ff\u0001PACK"], /ends in the middle/],
  ] as const)("%s: git-protocol", async (_, pieces, text) => {
    const server = await serveAfterAdvertisement(...pieces);
    const error = await failure(
      ask(openSource(), "fetch", server.url, new AbortController().signal),
    );
    expect(error).toMatchObject({ code: "git-protocol" });
    expect(error.message).toMatch(text);
  });

  it("an endless answer: git-too-large at the limit, and the socket ends", async () => {
    const server = await serve((_, answer) => {
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).write(line("version 2\n"));
      const more = () => {
        while (answer.write(line("x".repeat(60_000))));
      };
      answer.on("drain", more);
      more();
    });
    const source = openSource({ transferBytes: 2 ** 20 });
    await expectFailure(server.url, "git-too-large", /more than 1 MiB/, source);
    await eventually(async () => (await server.sockets()) === 0);
  });

  it("an object name of SHA-256: git-unsupported that says so", async () => {
    const server = await serve((_, answer) =>
      answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(advertise("a".repeat(64))),
    );
    await expectFailure(server.url, "git-unsupported", /SHA-?256/);
  });
});

describe("sending too slowly", () => {
  it("a large pack, drop by drop: git-timeout, so that others get their turn", async () => {
    const server = await serve((incoming, answer) => {
      if (incoming.method === "GET") {
        answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(advertise(COMMIT));
        return;
      }
      incoming.resume();
      answer.writeHead(200, { "content-type": RESULT }).write(line("NAK\n"));
      const piece = line(Buffer.concat([Buffer.from([1]), Buffer.alloc(60_000)]));
      for (let sent = 0; sent < 80; sent++) answer.write(piece);
      const timer = setInterval(() => answer.write(line("\u0002still here")), 200);
      answer.on("close", () => clearInterval(timer));
    });
    const error = await failure(
      ask(openSource(), "fetch", server.url, new AbortController().signal),
    );
    expect(error).toMatchObject({ code: "git-timeout" });
    expect(error.message).toMatch(/too slowly/);
  }, 30_000);
});

describe("redirecting", () => {
  it("to the same host, up to five times: followed", async () => {
    const server = await serve((incoming, answer) => {
      const [, hops = "", rest = ""] = /^\/(\d)(.*)/.exec(incoming.url ?? "") ?? [];
      if (hops === "0") {
        answer.writeHead(200, { "content-type": ADVERTISEMENT }).end(advertise(COMMIT));
      } else answer.writeHead(302, { location: `/${Number(hops) - 1}${rest}` }).end("moved");
    });
    const signal = new AbortController().signal;
    expect(await openSource().resolve(at(`${server.url}/5/a.git`), signal)).toBe(COMMIT);
    await expectFailure(`${server.url}/6/a.git`, "git-protocol", /more than 5 times/);
  });

  it("to another host or port: git-protocol naming it, and nothing is sent there", async () => {
    let asked = 0;
    const other = await serve((_, answer) => {
      asked += 1;
      answer.end();
    });
    const server = await serve((_, answer) =>
      answer.writeHead(301, { location: `${other.url}/moved.git?token=secret` }).end(),
    );
    await expectFailure(server.url, "git-protocol", /redirects to http.*moved\.git, another/);
    expect(asked).toBe(0);
  });

  it("to another scheme: git-protocol", async () => {
    const server = await serve((incoming, answer) =>
      answer.writeHead(301, { location: `https://${incoming.headers.host ?? ""}/a` }).end(),
    );
    await expectFailure(server.url, "git-protocol", /another scheme/);
  });

  it("refused again and again: no connection is left behind", async () => {
    const server = await serve((_, answer) => {
      answer.writeHead(301, { location: "http://example.com/a.git" }).write("x".repeat(100_000));
    });
    const source = openSource();
    for (let tries = 0; tries < 10; tries++) {
      await failure(ask(source, "resolve", server.url, new AbortController().signal));
    }
    await eventually(async () => (await server.sockets()) === 0);
  });

  it("to nowhere: git-protocol", async () => {
    const server = await serve((_, answer) => answer.writeHead(302).end());
    await expectFailure(server.url, "git-protocol", /redirects to nowhere/);
  });
});

const VERSION_2 = Buffer.concat([
  line("# service=git-upload-pack\n"),
  Buffer.from("0000"),
  line("version 2\n"),
  line("ls-refs\n"),
  line("fetch=shallow filter\n"),
  Buffer.from("0000"),
]);

describe("a server that turns into something else", () => {
  it("garbage where a pack should be, and slow when it is asked anew: an error, and nothing that ends the process", async () => {
    let greetings = 0;
    let garbage = 0;
    const server = await serve((incoming, answer) => {
      const send = (type: string, body: Buffer) =>
        answer.writeHead(200, { "content-type": type }).end(body);
      const greet = () => send(ADVERTISEMENT, VERSION_2);
      if (incoming.method === "GET") {
        setTimeout(greet, greetings++ === 0 ? 0 : 200);
        return;
      }
      incoming.once("data", (asked: Buffer) => {
        const refs = [line(`${COMMIT} refs/heads/main\n`), Buffer.from("0000")];
        if (asked.includes("command=ls-refs")) send(RESULT, Buffer.concat(refs));
        else answer.writeHead(200).end(Buffer.alloc(4_096, 0xff), () => garbage++);
      });
    });
    const source = openSource();
    const signal = new AbortController().signal;
    await source.resolve(at(`${server.url}/a.git`), signal);
    const error = await failure(ask(source, "fetch", `${server.url}/a.git`, signal));
    expect(error).toMatchObject({ code: "git-protocol" });
    expect({ greetings, garbage }).toEqual({ greetings: 2, garbage: 2 });
  });
});
