/** Watches over connections that do what connections do. */
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { watch, WATCH_LIMITS, type WatchLimits } from "../../../src/adapters/kube/watch";
import { eventually } from "../../support/cluster";
import { eventLine, lines, startWatchServer, type Answer } from "../../support/watch-server";

const QUICK: WatchLimits = { ...WATCH_LIMITS, idleMs: 300, firstPauseMs: 4, longestPauseMs: 32 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Options extends Partial<WatchLimits> {
  /** How often `begin` rejects first; after that, the resourceVersions are b1, b2, … by the number of the call. */
  readonly failing?: number;
}

/** A watch of a server that answers so; everything that its user was told. */
async function watching({ failing = 0, ...limits }: Options, ...answers: readonly Answer[]) {
  const server = await startWatchServer(...answers);
  stops.push(server.stop);
  const life = new AbortController();
  const told = {
    begun: 0,
    events: [] as string[],
    connected: [] as boolean[],
    troubles: [] as string[],
  };
  const ended = watch(
    server.stream,
    {
      path: "/api/v1/secrets",
      query: { labelSelector: "a=b" },
      accept: "application/json;as=PartialObjectMetadata",
      begin: () => {
        const call = ++told.begun;
        return call > failing ? Promise.resolve(`b${call}`) : Promise.reject(new Error("no list"));
      },
      event: ({ type, object }) => {
        const { name } = object.metadata as { name: string };
        told.events.push(`${type} ${name}`);
      },
      connected: now => told.connected.push(now),
      trouble: error => told.troubles.push(String(error)),
    },
    life.signal,
    { ...QUICK, ...limits },
  );
  stops.push(async () => {
    life.abort();
    await ended;
  });
  const versions = () => server.watches.map(query => query.get("resourceVersion"));
  const until = async (fits: () => boolean) => {
    await eventually(() => fits() || undefined, 5_000, 2);
  };
  return { server, told, versions, until, life, ended };
}

/** Sends these and leaves the connection open. */
function open(...texts: readonly (string | Uint8Array)[]): Answer {
  return response => {
    response.writeHead(200).flushHeaders();
    for (const text of texts) response.write(text);
  };
}

/** Sends the bytes one by one, each in a packet of its own. */
function drip(text: string): Answer {
  return response => {
    response.writeHead(200).flushHeaders();
    response.socket?.setNoDelay(true);
    const bytes = [...Buffer.from(text)];
    const next = () => {
      const byte = bytes.shift();
      if (byte === undefined) return;
      response.write(Uint8Array.of(byte));
      setImmediate(next);
    };
    next();
  };
}

function cutAfter(text: string): Answer {
  return response => {
    response.writeHead(200).write(text, () => response.socket?.destroy());
  };
}

function status(code: number): Answer {
  return response => response.writeHead(code).end('{"kind":"Status"}');
}

describe("a connection", () => {
  test("begins after the given resourceVersion, with bookmarks, an end and who we are", async () => {
    const { server, until } = await watching({});
    await until(() => server.watches.length === 1);
    expect(Object.fromEntries(server.watches[0] ?? [])).toEqual({
      labelSelector: "a=b",
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: "290",
      resourceVersion: "b1",
    });
    expect(server.headers[0]).toMatchObject({
      accept: "application/json;as=PartialObjectMetadata",
      authorization: "Bearer secret",
    });
  });

  test("events: told in order; bookmarks and types of the future: not", async () => {
    const { told, until } = await watching(
      {},
      open(
        eventLine("ADDED", "1", "a") + eventLine("BOOKMARK", "2") + eventLine("NEWS", "3"),
        eventLine("MODIFIED", "4", "b") + eventLine("DELETED", "5", "c"),
      ),
    );
    await until(() => told.events.length === 3);
    expect(told.events).toEqual(["ADDED a", "MODIFIED b", "DELETED c"]);
    expect(told.connected).toEqual([true]);
  });

  test("bytes one by one, with characters of several bytes: read as they were written", async () => {
    const { told, until } = await watching({}, drip(eventLine("ADDED", "1", "ä✓😀") + "\n"));
    await until(() => told.events.length === 1);
    expect(told.events).toEqual(["ADDED ä✓😀"]);
  });

  test("many events in one piece: all of them", async () => {
    const text = Array.from({ length: 5_000 }, (_, i) => eventLine("ADDED", `${i}`, `n${i}`));
    const { told, until } = await watching({}, open(text.join("")));
    await until(() => told.events.length === 5_000);
    expect(told.events[4_999]).toBe("ADDED n4999");
  });

  test("ended by the server: resumed after the last resourceVersion, without trouble", async () => {
    const { server, told, versions, until } = await watching(
      {},
      lines(eventLine("ADDED", "7"), eventLine("BOOKMARK", "9")),
    );
    await until(() => server.watches.length === 2);
    expect(versions()).toEqual(["b1", "9"]);
    expect(told).toMatchObject({ begun: 1, troubles: [] });
    await until(() => told.connected.length === 3);
    expect(told.connected).toEqual([true, false, true]);
  });

  test("cut in the middle of a line: the line counts as not received, and it is resumed before it", async () => {
    const half = eventLine("ADDED", "8", "lost").slice(0, 20);
    const { server, told, versions, until } = await watching(
      {},
      cutAfter(eventLine("ADDED", "7") + half),
    );
    await until(() => server.watches.length === 2);
    expect(versions()).toEqual(["b1", "7"]);
    expect(told.events).toEqual(["ADDED a"]);
    expect(told.troubles).toHaveLength(1);
  });

  test("silent for too long: given up and resumed", async () => {
    const { server, versions, until } = await watching({}, open(eventLine("ADDED", "7")));
    await until(() => server.watches.length === 2);
    expect(versions()).toEqual(["b1", "7"]);
    expect((server.times[1] ?? 0) - (server.times[0] ?? 0)).toBeGreaterThan(250);
  });

  test("slow, but not silent: kept", async () => {
    let sent = 0;
    const slow = (response: ServerResponse) => {
      response.writeHead(200).flushHeaders();
      const timer = setInterval(() => {
        response.write(eventLine("BOOKMARK", `${++sent}`));
        if (sent === 6) clearInterval(timer);
      }, 100);
    };
    const { server, until } = await watching({}, slow);
    await until(() => sent === 6);
    expect(server.watches).toHaveLength(1);
  });
});

describe("a gap", () => {
  const gone = '{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}\n';
  const huge = `{"type":"ADDED","object":{"metadata":{"name":"${"x".repeat(2_000)}`;

  test.each<[string, Answer, RegExp]>([
    ["410 as a status", status(410), /HTTP 410/],
    ["410 as an event", lines(gone), /error 410/],
    ["another error as an event", lines(gone.replace("410", "500")), /error 500/],
    ["a refusal", status(403), /HTTP 403/],
    ["a page of a proxy", lines("<html>\n<p>hunter2</p>\n"), /no event/],
    ["an object without a resourceVersion", lines('{"type":"ADDED","object":{}}\n'), /no event/],
    ["a line beyond the limit", open(huge), /more than 1000 bytes/],
    ["a whole line beyond the limit", open(`${huge}"}}}\n`), /more than 1000 bytes/],
  ])("%s: begun anew", async (_, answer, trouble) => {
    const { server, told, versions, until } = await watching({ lineBytes: 1_000 }, answer);
    await until(() => server.watches.length === 2);
    expect(versions()).toEqual(["b1", "b2"]);
    expect(told.troubles).toEqual([expect.stringMatching(trouble)]);
    expect(told.troubles.join()).not.toContain("hunter2");
    expect(told.events).toEqual([]);
  });

  test("events before it: told, and none of them twice", async () => {
    const { server, told, versions, until } = await watching(
      {},
      lines(eventLine("ADDED", "7"), gone),
    );
    await until(() => server.watches.length === 2);
    expect(versions()).toEqual(["b1", "b2"]);
    expect(told.events).toEqual(["ADDED a"]);
  });
});

describe("a server that is away or busy", () => {
  test.each([429, 500, 503])("%d: asked for the same again, not begun anew", async code => {
    const { server, versions, until } = await watching({}, status(code), status(code));
    await until(() => server.watches.length === 3);
    expect(versions()).toEqual(["b1", "b1", "b1"]);
  });

  test("for long: asked more and more rarely, up to the longest pause, and begun anew in the end", async () => {
    const busy = Array.from({ length: 6 }, () => status(503));
    const { server, versions, until } = await watching(
      { firstPauseMs: 20, longestPauseMs: 160 },
      ...busy,
    );
    await until(() => server.times.length === 7);
    const pauses = server.times.slice(1).map((time, i) => time - (server.times[i] ?? 0));
    const least = [10, 20, 40, 80, 80, 80];
    expect(versions()).toEqual(["b1", "b1", "b1", "b1", "b1", "b2", "b2"]);
    pauses.forEach((pause, i) => expect(pause).toBeGreaterThanOrEqual((least[i] ?? 0) - 2));
  });

  test("that ends every connection at once: not asked in a hot loop", async () => {
    const ends = Array.from({ length: 1_000 }, () => lines());
    const { server } = await watching({ firstPauseMs: 50, longestPauseMs: 1_000 }, ...ends);
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(server.watches.length).toBeLessThan(7);
  });

  test("when it is asked where to begin: tried again until it says so, and only then watched", async () => {
    const { server, told, until, versions } = await watching({ failing: 3 });
    await until(() => server.watches.length === 1);
    expect(versions()).toEqual(["b4"]);
    expect(told.troubles).toEqual(Array(3).fill("Error: no list"));
  });

  test("refused connections: trouble each time, and never a rejection", async () => {
    const { server, told, until, life, ended } = await watching({});
    await until(() => server.watches.length === 1);
    await server.stop();
    await until(() => told.troubles.length > 3);
    expect(told.begun).toBe(1);
    life.abort();
    await ended;
  });
});

describe("aborted", () => {
  test.each<[string, Answer]>([
    ["while the connection is open", open(eventLine("ADDED", "7"))],
    ["while the server does not answer", () => undefined],
    ["in a pause", status(503)],
  ])("%s: ends at once, and the connection with it", async (_, answer) => {
    let closed = false;
    const noting: Answer = (response, request) => {
      request.socket.on("close", () => (closed = true));
      answer(response, request);
    };
    const long = { firstPauseMs: 60_000, longestPauseMs: 60_000 };
    const { server, told, until, life, ended } = await watching(long, noting);
    await until(() => server.watches.length === 1);
    await new Promise(resolve => setTimeout(resolve, 50));
    const troubles = told.troubles.length;
    life.abort();
    await ended;
    expect(told.troubles.length).toBe(troubles);
    if (troubles === 0) await until(() => closed);
  });

  test("between two events of one piece: the second is not told", async () => {
    const text = eventLine("ADDED", "1", "first") + eventLine("ADDED", "2", "second");
    const server = await startWatchServer(open(text));
    stops.push(server.stop);
    const life = new AbortController();
    const names: unknown[] = [];
    await watch(
      server.stream,
      {
        path: "/api/v1/secrets",
        begin: () => Promise.resolve("1"),
        event: ({ object }) => {
          names.push(object.metadata);
          life.abort();
        },
        connected: () => undefined,
        trouble: () => undefined,
      },
      life.signal,
      QUICK,
    );
    expect(names).toHaveLength(1);
  });
});

test("more watches than the pool has connections: requests go on", async () => {
  const server = await startWatchServer();
  stops.push(server.stop);
  const life = new AbortController();
  const watched = {
    path: "/api/v1/secrets",
    begin: () => Promise.resolve("1"),
    event: () => undefined,
    connected: () => undefined,
    trouble: () => undefined,
  };
  const ended = [1, 2, 3, 4, 5].map(() => watch(server.stream, watched, life.signal, WATCH_LIMITS));
  await eventually(() => server.watches.length === 5 || undefined, 5_000, 2);
  const answer = await server.kube({ path: "/api/v1/secrets", signal: life.signal });
  expect(answer.status).toBe(200);
  life.abort();
  await Promise.all(ended);
});
