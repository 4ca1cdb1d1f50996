/** The order in which a request is judged, and what is said and logged of it. */
import { describe, expect, test } from "vitest";
import { verify } from "../../src/adapters/signature";
import type { HttpAnswer } from "../../src/model/http";
import type { LogFields } from "../../src/ports";
import { createReceiver } from "../../src/worker/receive";
import { delivery, type FixtureName } from "../support/webhooks";

const SECRET = "s3cret-of-this-test";

function create(secrets: readonly string[] = [SECRET]) {
  const pushes: unknown[] = [];
  const lines: string[] = [];
  const write = (fields: LogFields, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const receive = createReceiver({
    secrets: () => secrets,
    verify,
    supervisor: {
      push: (target, push) => {
        pushes.push({ target, push });
        return { told: ["shop/my-app"], deaf: [] };
      },
    },
    health: () => ({ status: 503, body: { status: "unhealthy" } }),
    readiness: () => ({ status: 200, body: { ready: true } }),
    log: { info: write, warn: write, error: write },
  });
  const ask = (
    headers: Readonly<Record<string, string>>,
    body = "",
    { method = "POST", path = "/webhook/shop/my-app" } = {},
  ): HttpAnswer | undefined => {
    const reception = receive({ method, path, headers });
    switch (reception.do) {
      case "answer":
      case "tell":
        return reception.answer;
      case "metrics":
        return undefined;
      case "read":
        return reception.deliver(Buffer.from(body));
    }
  };
  const send = (name: FixtureName, secret = SECRET) => {
    const { headers, body } = delivery(name, { secret });
    return ask(headers, body);
  };
  return { ask, send, pushes, lines };
}

function word(answer: HttpAnswer | undefined): string {
  const { error, status } = answer?.body ?? {};
  return `${answer?.status} ${JSON.stringify(error ?? status ?? "").slice(1, -1)}`;
}

test.each<FixtureName>(["github/push", "gitea/push", "gitlab/push"])(
  "%s: received, and handed over once",
  name => {
    const { send, pushes } = create();
    expect(send(name)).toEqual({
      status: 200,
      body: { status: "received", repositories: ["shop/my-app"] },
    });
    expect(pushes).toEqual([
      {
        target: { namespace: "shop", name: "my-app" },
        push: { branch: "main", commit: "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c" },
      },
    ]);
  },
);

test.each<FixtureName>(["github/ping", "gitea/delete", "gitlab/push-tag", "github/push-tag"])(
  "%s: ignored, and handed over to nobody",
  name => {
    const { send, pushes } = create();
    expect(word(send(name))).toBe("200 ignored");
    expect(pushes).toEqual([]);
  },
);

describe("the order of judgement", () => {
  const github = { "x-github-event": "push" };

  test("each fault before the next one", () => {
    const { ask } = create();
    const none = create([]);
    const tooLong = { "content-length": String(25 * 1024 * 1024 + 1) };
    const signed = { ...github, "x-hub-signature-256": "sha256=ab" };
    expect(word(none.ask({}, "", { path: "/else" }))).toBe("404 unknown_route");
    expect(word(none.ask({}, "", { method: "GET", path: "/webhook/A" }))).toBe(
      "405 method_not_allowed",
    );
    expect(word(none.ask({}, "", { path: "/webhook/A" }))).toBe("400 bad_name");
    expect(word(none.ask({ ...signed, ...tooLong }))).toBe("500 webhook_not_configured");
    expect(word(ask(tooLong))).toBe("400 unknown_provider");
    expect(word(ask({ ...github, ...tooLong }))).toBe("413 too_large");
    expect(word(ask({ ...github, "x-hub-signature": "sha1=ab" }))).toBe("401 missing_signature");
    expect(word(ask(signed, "{"))).toBe("401 invalid_signature");
  });

  test("25 MiB: read", () => {
    const headers = { ...github, "content-length": String(25 * 1024 * 1024) };
    expect(word(create().ask({ ...headers, "x-hub-signature-256": "sha256=ab" }))).toBe(
      "401 invalid_signature",
    );
  });
});

test("a body that cannot be read: 400, and a line without a word of it", () => {
  const { ask, lines } = create();
  const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": SECRET };
  expect(word(ask(headers, '{"ref":"payload'))).toBe("400 bad_body");
  expect(lines).toEqual([expect.stringContaining("webhook not understood")]);
  expect(lines.join()).not.toContain("payload");
});

test("whatever is sent: no secret, no payload and no signature in a line or an answer; strangers make no line", () => {
  const { send, lines } = create();
  const answers = [
    send("github/push", "guess"),
    send("gitlab/push", "guess"),
    ...(["github/push", "gitlab/push", "github/ping"] as const).map(name => send(name)),
  ];
  expect(lines.length).toBe(3);
  for (const text of [...lines, JSON.stringify(answers)]) {
    expect(text).not.toMatch(/s3cret|guess|Closes|larry|sha256=/);
  }
});

test.each(["GET", "HEAD"])("%s /health and /ready: what the process says of itself", method => {
  const { ask } = create([]);
  expect(ask({}, "", { method, path: "/health" })?.body).toEqual({ status: "unhealthy" });
  expect(ask({}, "", { method, path: "/ready" })?.body).toEqual({ ready: true });
  expect(word(ask({}, "", { method: "POST", path: "/health" }))).toBe("405 method_not_allowed");
});
