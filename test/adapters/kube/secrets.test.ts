/** When a Secret is read and who is told, over a watch that the test plays. */
import { afterEach, describe, expect, test } from "vitest";
import type { KubeStream } from "../../../src/adapters/kube/client";
import { createSecrets } from "../../../src/adapters/kube/secrets";
import { parseGitCredentials } from "../../../src/core/repository/git-credentials";
import { eventually } from "../../support/cluster";
import { createFakeClock } from "../../support/fake-clock";
import { createFakeKube } from "../../support/fake-kube";
import { eventLine } from "../../support/watch-server";

const HOUR = 3_600_000;
const lives: AbortController[] = [];
afterEach(() => lives.splice(0).forEach(life => life.abort()));

interface Line {
  readonly send: (text: string) => void;
  readonly end: () => void;
}

/** Streams that say what the test says. */
function createFakeStream() {
  const open: Line[] = [];
  let refused = false;
  const stream: KubeStream = ({ signal }) => {
    if (refused) return Promise.reject(new Error("connection refused"));
    const texts: string[] = [];
    let ended = false;
    let wake: () => void = () => undefined;
    const end = () => {
      ended = true;
      wake();
    };
    signal.addEventListener("abort", end);
    const send = (text: string) => {
      texts.push(text);
      wake();
    };
    open.push({ send, end });
    async function* chunks() {
      while (!ended || texts.length > 0) {
        const text = texts.shift();
        if (text === undefined) await new Promise<void>(resolve => (wake = resolve));
        else yield Buffer.from(text);
      }
    }
    return Promise.resolve({ status: 200, chunks: chunks(), close: () => undefined });
  };
  return {
    stream,
    open,
    refuse: (yes: boolean) => {
      refused = yes;
    },
  };
}

/** A cluster with Secret shop/git, and an adapter that nobody has asked yet. */
function createWorld() {
  const clock = createFakeClock();
  const streams = createFakeStream();
  const life = new AbortController();
  lives.push(life);
  let data: Record<string, string> | undefined = { token: btoa("first") };
  let listStatus = 200;
  let gate: Promise<void> | undefined;
  const { kube, requests } = createFakeKube(({ path }) => {
    if (path === "/api/v1/secrets") {
      return { status: listStatus, body: { metadata: { resourceVersion: "10" } } };
    }
    return data === undefined ? undefined : { body: { data } };
  });
  const changed: string[] = [];
  const warnings: string[] = [];
  const secrets = createSecrets({
    kube: async request => {
      const answer = await kube(request);
      await gate;
      return answer;
    },
    stream: streams.stream,
    parse: parseGitCredentials,
    changed: ({ namespace, name }) => changed.push(`${namespace}/${name}`),
    clock,
    log: {
      info: () => undefined,
      warn: ({ error }) => warnings.push(String(error)),
      error: () => undefined,
    },
    life: life.signal,
  });
  const ask = async () => {
    const signal = new AbortController().signal;
    const { token } = await secrets.gitCredentials("shop", "git", signal);
    return token;
  };
  const reads = () => requests.filter(({ path }) => path.includes("/shop/")).length;
  const tell = (type: string, name = "git") =>
    streams.open
      .at(-1)
      ?.send(eventLine(type, "11", name).replace('"name"', '"namespace":"shop","name"'));
  return {
    clock,
    streams,
    requests,
    changed,
    warnings,
    ask,
    reads,
    tell,
    put: (token: string | undefined) => {
      data = token === undefined ? undefined : { token: btoa(token) };
    },
    answerLists: (status: number) => {
      listStatus = status;
    },
    hold: (until: Promise<void> | undefined) => {
      gate = until;
    },
    connected: (count = 1) =>
      eventually(
        async () => {
          await clock.settle();
          return streams.open.length >= count;
        },
        5_000,
        2,
      ),
  };
}

describe("requests", () => {
  test("nobody asks: no request, no watch", async () => {
    const { requests, streams, clock } = createWorld();
    await clock.settle();
    expect(requests).toEqual([]);
    expect(streams.open).toEqual([]);
  });

  test("asked again and again: read once, watched once, and only metadata of a list of one", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    for (let i = 0; i < 5; i++) expect(await world.ask()).toBe("first");
    expect(world.requests).toMatchObject([
      {
        path: "/api/v1/secrets",
        query: { limit: "1" },
        accept: expect.stringContaining("Partial") as string,
      },
      { path: "/api/v1/namespaces/shop/secrets/git" },
    ]);
    expect(world.streams.open).toHaveLength(1);
  });

  test("not asked for in an hour: read again when the watch has been renewed", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    await world.clock.advance(HOUR + 1);
    world.streams.open[0]?.end();
    await world.connected(2);
    await world.ask();
    expect(world.reads()).toBe(2);
  });

  test("the watch is away: each question is a request; back, none is", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    world.streams.refuse(true);
    world.streams.open[0]?.end();
    await world.clock.settle();
    world.put("second");
    expect(await world.ask()).toBe("second");
    expect(await world.ask()).toBe("second");
    expect(world.reads()).toBe(3);
    world.streams.refuse(false);
    await world.connected(2);
    await world.ask();
    expect(world.reads()).toBe(3);
  });

  test("no right to list Secrets: each question is a request, and the log says why", async () => {
    const world = createWorld();
    world.answerLists(403);
    expect(await world.ask()).toBe("first");
    expect(await world.ask()).toBe("first");
    expect(world.reads()).toBe(2);
    expect(world.warnings[0]).toMatch(/403/);
    expect(world.changed).toEqual([]);
  });
});

describe("changes", () => {
  test("what it holds is another: told, after it is known", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    world.put("second");
    world.tell("MODIFIED");
    await world.clock.settle();
    expect(world.changed).toEqual(["shop/git"]);
    expect(await world.ask()).toBe("second");
    expect(world.reads()).toBe(2);
  });

  test("only its labels: nobody is told", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    for (let i = 0; i < 3; i++) world.tell("MODIFIED");
    await world.clock.settle();
    expect(world.changed).toEqual([]);
    expect(await world.ask()).toBe("first");
  });

  test("deleted, or spoilt: told", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    world.put(undefined);
    world.tell("DELETED");
    await world.clock.settle();
    expect(world.changed).toEqual(["shop/git"]);
    await expect(world.ask()).rejects.toMatchObject({ code: "secret-not-found" });
  });

  test("of a Secret that nobody has: told, and not read", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    world.tell("ADDED", "another");
    await world.clock.settle();
    expect(world.changed).toEqual(["shop/another"]);
    expect(world.reads()).toBe(1);
  });

  test("while it is being read: what was read before is not kept", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    world.put("second");
    let open: () => void = () => undefined;
    world.hold(new Promise(resolve => (open = resolve)));
    world.tell("MODIFIED");
    await world.clock.settle();
    world.put("third");
    world.tell("MODIFIED");
    await world.clock.settle();
    open();
    await world.clock.settle();
    expect(await world.ask()).toBe("third");
    expect(world.changed).toContain("shop/git");
  });

  test("in a gap: found and told when the watch begins anew; what is the same is not told", async () => {
    const world = createWorld();
    await world.ask();
    await world.connected();
    const gone = '{"type":"ERROR","object":{"code":410}}\n';
    world.streams.open[0]?.send(gone);
    await world.connected(2);
    await world.clock.settle();
    expect(world.changed).toEqual([]);
    world.put("second");
    world.streams.open[1]?.send(gone);
    await world.connected(3);
    await world.clock.settle();
    expect(world.changed).toEqual(["shop/git"]);
    expect(await world.ask()).toBe("second");
  });
});
