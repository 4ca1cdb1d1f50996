/** Requests to the API server, over a wire that does what networks do. */
import { describe, expect, test } from "vitest";
import { createKube } from "../../../src/adapters/kube/client";
import type { Credentials } from "../../../src/adapters/kube/credentials";
import type { WireAnswer, WireRequest } from "../../../src/adapters/kube/wire";

const credentials: Credentials = {
  origin: "https://kube.example",
  basePath: "",
  tls: {},
  authorization: () => Promise.resolve("Bearer secret"),
};
const ok: WireAnswer = { status: 200, retryAfter: undefined, text: '{"kind":"Status"}' };
const signal = new AbortController().signal;

/** A client whose wire answers these, one after the other; an error is thrown. */
function clientOf(...answers: readonly (WireAnswer | Error)[]) {
  const sent: WireRequest[] = [];
  const send = (request: WireRequest) => {
    const answer = answers[sent.length];
    sent.push(request);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? ok);
  };
  return { sent, kube: createKube({ send }, credentials) };
}

function networkError(code: string): Error {
  return Object.assign(new Error(`socket: ${code}`), { code });
}

describe("a request", () => {
  test("path, query and headers: as they were asked for, with who we are", async () => {
    const { sent, kube } = clientOf(ok);
    await kube({ path: "/api/v1", query: { a: "b c" }, accept: "text/x", signal });
    expect(sent).toMatchObject([
      {
        method: "GET",
        path: "/api/v1?a=b+c",
        headers: { accept: "text/x", authorization: "Bearer secret", "user-agent": "nopea" },
      },
    ]);
  });

  test.each([
    ["a page of a proxy", "<html>bad gateway</html>"],
    ["nothing", ""],
    ["a list", "[1]"],
    ["null", "null"],
  ])("an answer that is %s: the status counts, the body is empty", async (_, text) => {
    const { kube } = clientOf({ ...ok, status: 502, text });
    expect(await kube({ path: "/", signal })).toEqual({ status: 502, body: {} });
  });
});

describe("a busy server", () => {
  test("429, then an answer: waited as it says, and the answer counts", async () => {
    const { sent, kube } = clientOf({ ...ok, status: 429, retryAfter: "0.05" }, ok);
    expect(await kube({ path: "/", signal })).toMatchObject({ status: 200 });
    expect(sent.length).toBe(2);
  });

  test("429 for ever: told after four tries", async () => {
    const busy = { ...ok, status: 429, retryAfter: "0.01" };
    const { sent, kube } = clientOf(busy, busy, busy, busy, busy);
    expect(await kube({ path: "/", signal })).toMatchObject({ status: 429 });
    expect(sent.length).toBe(4);
  });

  test("aborted while it waits: ends at once", async () => {
    const { kube } = clientOf({ ...ok, status: 429, retryAfter: "10" });
    const life = new AbortController();
    const attempt = kube({ path: "/", signal: life.signal });
    setTimeout(() => life.abort(), 10);
    await expect(attempt).rejects.toThrow();
  });
});

describe("a network that fails", () => {
  test.each(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"])(
    "%s, an idle connection that was closed: sent once more",
    async code => {
      const { sent, kube } = clientOf(networkError(code), ok);
      expect(await kube({ path: "/", signal })).toMatchObject({ status: 200 });
      expect(sent.length).toBe(2);
    },
  );

  test("closed again: cluster-unreachable, with the cause", async () => {
    const cause = networkError("ECONNRESET");
    const { kube } = clientOf(networkError("ECONNRESET"), cause);
    await expect(kube({ path: "/", signal })).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: "the API server does not answer: socket: ECONNRESET",
      cause,
    });
  });

  test("refused: cluster-unreachable at once", async () => {
    const { sent, kube } = clientOf(networkError("ECONNREFUSED"));
    await expect(kube({ path: "/", signal })).rejects.toMatchObject({
      code: "cluster-unreachable",
    });
    expect(sent.length).toBe(1);
  });

  test("because we aborted: the reason, not cluster-unreachable", async () => {
    const reason = new Error("enough");
    const { kube } = clientOf(networkError("UND_ERR_ABORTED"));
    await expect(kube({ path: "/", signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
