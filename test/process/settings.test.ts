/** Settings are read before anything is done by them, and what cannot be read leaves those of before in force. */
import { describe, expect, test } from "vitest";
import type { KubeAnswer } from "../../src/adapters/kube/client";
import { createSettings } from "../../src/process/settings";
import { createFakeKube } from "../support/fake-kube";

const { signal } = new AbortController();
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ACCOUNT: Partial<KubeAnswer> = {
  body: { data: { NOPEA_DEFAULT_SERVICE_ACCOUNT: "deployer" } },
};

/** An API server that answers this to whoever asks for ConfigMap `nopea`, and that has no Secret of that name. */
function given() {
  const answers: { configMap?: Partial<KubeAnswer>; secret?: Partial<KubeAnswer> } = {};
  const { kube } = createFakeKube(({ path }) => {
    if (path === "/version") return { body: { major: "1", minor: "36", gitVersion: "v1.36.3" } };
    return path.includes("/configmaps/") ? answers.configMap : answers.secret;
  });
  return { answers, settings: createSettings(kube, LOG, signal) };
}

const refusals: readonly Partial<KubeAnswer>[] = [
  { status: 403, body: { message: "no" } },
  { status: 401 },
  { status: 500 },
  { status: 503 },
];

describe.each(["configMap", "secret"] as const)("%s", source => {
  test.each(refusals)(
    "cannot be read (%o): there are no settings, and nobody may act",
    async answer => {
      const { answers, settings } = given();
      answers[source] = answer;
      await expect(settings.read()).rejects.toThrow();
      expect(settings.known()).toBeUndefined();
      expect(() => settings.current()).toThrow("before they were read");
    },
  );

  test.each(refusals)("cannot be read any more (%o): the account stays in force", async answer => {
    const { answers, settings } = given();
    answers.configMap = ACCOUNT;
    await settings.read();
    answers[source] = answer;
    await expect(settings.read()).rejects.toThrow();
    expect(settings.current().defaultServiceAccount).toBe("deployer");
  });
});

test("neither is there: defaults, and no account", async () => {
  const { settings } = given();
  await settings.read();
  expect(settings.current()).toMatchObject({ concurrentSyncs: 8 });
  expect(settings.current().defaultServiceAccount).toBeUndefined();
});

test("the key is taken away, and then the whole of it: the account stays in force", async () => {
  const { answers, settings } = given();
  answers.configMap = ACCOUNT;
  await settings.read();
  answers.configMap = { body: { data: {} } };
  await settings.read();
  expect(settings.current().defaultServiceAccount).toBe("deployer");
  delete answers.configMap;
  await settings.read();
  expect(settings.current().defaultServiceAccount).toBe("deployer");
});

test.each([
  [403, true],
  [401, false],
  [500, false],
] as const)("a read that is answered with %i: an answer all the same? %s", async (status, is) => {
  const life = new AbortController();
  const { kube, requests } = createFakeKube(({ path }) =>
    path.includes("/configmaps/") ? { status } : undefined,
  );
  let answers = 0;
  const settings = createSettings(kube, LOG, life.signal, 5);
  const following = settings.follow(
    () => undefined,
    () => (answers += 1),
  );
  await expect.poll(() => requests.length).toBeGreaterThan(10);
  life.abort();
  await following.catch(() => undefined);
  expect(answers > 0).toBe(is);
});

test("there is no key for seals: whoever begins makes it, and has it", async () => {
  let secret: Partial<KubeAnswer> | undefined;
  const { kube, requests } = createFakeKube(({ method, path, body }) => {
    if (path === "/version") return { body: { major: "1", minor: "36", gitVersion: "v1.36.3" } };
    if (method !== "POST") return path.includes("/secrets/") ? secret : undefined;
    secret = { body: JSON.parse(body ?? "") as KubeAnswer["body"] };
    return { status: 201 };
  });
  const first = createSettings(kube, LOG, signal);
  const second = createSettings(kube, LOG, signal);
  await first.begin();
  await second.begin();
  expect(first.sealKey()).toMatch(/^[\w-]{43}$/);
  expect(second.sealKey()).toBe(first.sealKey());
  expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});
