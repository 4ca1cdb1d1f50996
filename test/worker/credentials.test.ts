/** Repositories with a Secret: asked for before Git, in force at once when it changes, told to nobody. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import type { GitRemote } from "../../src/model/git-repository";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;

const MARKER = "hunter2-planted";
const LOGIN = { username: "larry", password: MARKER };
const GIT = { namespace: "shop", name: "git" };
const PRIVATE = { secretRef: { name: "git" }, interval: "1h" };
const DENIED = new NopeaError("git-authentication", "the server refused the credentials");

/** A world with one commit. */
function createWorld() {
  const world = createFakeWorld();
  const commit = world.git.commit(URL, { "a.yaml": configMap("a") });
  const sent = () =>
    world.git.calls.map(({ verb, location }) => {
      const { credentials = {} } = location as GitRemote;
      const [, encoded = ""] = (credentials.authorization ?? "").split(" ");
      return `${verb} ${Buffer.from(encoded, "base64").toString()}`;
    });
  return { ...world, commit, sent };
}

describe("the Secret of spec.secretRef", () => {
  test("what it holds: sent with both questions to Git", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    const id = await world.create(PRIVATE);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.sent()).toEqual([`resolve larry:${MARKER}`, `fetch larry:${MARKER}`]);
  });

  test("a repository without one: no Secret is asked for, nothing is sent", async () => {
    const world = createWorld();
    await world.create();
    expect(world.secrets.asked).toEqual([]);
    expect(world.sent()).toEqual(["resolve ", "fetch "]);
  });

  test("one of the same name in another namespace: never asked for", async () => {
    const world = createWorld();
    world.secrets.set({ namespace: "other", name: "git" }, LOGIN);
    const id = await world.create(PRIVATE);
    expect(world.ready(id)).toMatch(
      /^False SecretNotFound: Secret shop\/git does not exist: create/,
    );
    expect(world.secrets.asked).toEqual(["shop/git"]);
    expect(world.git.calls).toEqual([]);
  });

  test("missing: looked for at the interval, and in as soon as it is created", async () => {
    const world = createWorld();
    const id = await world.create({ ...PRIVATE, interval: "10s" });
    await world.clock.advance(MINUTE);
    expect(world.secrets.asked.length).toBeGreaterThanOrEqual(7);
    world.secrets.set(GIT, LOGIN);
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: world.commit });
  });

  test("invalid: told what is missing, Git is not asked; mended, in at once", async () => {
    const world = createWorld();
    world.secrets.set(GIT, { password: MARKER });
    const id = await world.create(PRIVATE);
    expect(world.ready(id)).toMatch(/^False SecretInvalid: Secret shop\/git: .*no username/);
    expect(world.git.calls).toEqual([]);
    world.secrets.set(GIT, LOGIN);
    await world.clock.settle();
    expect(world.status(id).phase).toBe("Synced");
  });

  test("rotated: looked at once, with the new one, although the interval is an hour", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    const id = await world.create(PRIVATE);
    const next = world.git.commit(URL, { "a.yaml": configMap("a", { k: "2" }) });
    world.secrets.set(GIT, { username: "larry", password: "rotated" });
    await world.clock.settle();
    expect(world.status(id).lastSyncedCommit).toBe(next);
    expect(world.sent().at(-1)).toBe("fetch larry:rotated");
  });

  test("rotated while an attempt is under way: looked at again after it", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    let open: () => void = () => undefined;
    world.git.delay(URL, new Promise(resolve => (open = resolve)));
    world.git.fail(URL, DENIED);
    const id = await world.create(PRIVATE);
    world.secrets.set(GIT, { username: "larry", password: "rotated" });
    open();
    await world.clock.settle();
    expect(world.sent()).toEqual([`resolve larry:${MARKER}`, "resolve larry:rotated"]);
    expect(world.ready(id)).toMatch(/^False AuthenticationFailed/);
  });

  test("refused: at most six tries a minute, and the next one at once when the Secret changes", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    world.git.fail(URL, DENIED);
    const id = await world.create({ ...PRIVATE, interval: "1s" });
    for (let minute = 0; minute < 5; minute++) {
      const before = world.git.calls.length;
      await world.clock.advance(MINUTE);
      expect(world.git.calls.length - before).toBeLessThanOrEqual(6);
    }
    world.git.fail(URL, undefined);
    await world.clock.advance(SECOND);
    expect(world.status(id).phase).toBe("Failed");
    world.secrets.set(GIT, { username: "larry", password: "rotated" });
    await world.clock.settle();
    expect(world.status(id).phase).toBe("Synced");
  });

  test("another Secret, or the same name elsewhere, changes: nobody looks", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    await world.create(PRIVATE);
    await world.create({ interval: "1h" }, "open");
    const calls = world.git.calls.length;
    world.secrets.set({ namespace: "shop", name: "other" }, LOGIN);
    world.secrets.set({ namespace: "other", name: "git" }, LOGIN);
    await world.clock.settle();
    expect(world.git.calls.length).toBe(calls);
  });

  test("two repositories name it: both look", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    await world.create(PRIVATE);
    await world.create(PRIVATE, "second");
    const calls = world.git.calls.length;
    world.secrets.set(GIT, { username: "larry", password: "rotated" });
    await world.clock.settle();
    expect(world.sent().slice(calls)).toEqual(["resolve larry:rotated", "resolve larry:rotated"]);
  });

  test("gone after a good sync: told at the change, and what was synced stays in the status", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    const id = await world.create(PRIVATE);
    world.secrets.set(GIT, undefined);
    await world.clock.settle();
    expect(world.ready(id)).toMatch(/^False SecretNotFound/);
    expect(world.status(id).lastSyncedCommit).toBe(world.commit);
  });

  test("an API server that does not answer: told, and tried again with back-off", async () => {
    const world = createWorld();
    world.secrets.set(GIT, LOGIN);
    world.secrets.fail(new NopeaError("cluster-unreachable", "connection refused"));
    const id = await world.create(PRIVATE);
    expect(world.ready(id)).toMatch(/^False ClusterUnreachable/);
    world.secrets.fail(undefined);
    await world.clock.advance(5 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });
});

describe("what the Secret holds", () => {
  const forms = [MARKER, ...[MARKER, `larry:${MARKER}`].map(text => btoa(text))];

  test.each<[string, Error | undefined]>([
    ["a good sync", undefined],
    ["refused credentials", DENIED],
    ["a bug of the Git adapter", new TypeError("cannot read properties of undefined")],
  ])("%s: in no log line, status or error, causes included", async (_, error) => {
    const world = createWorld();
    world.secrets.set(GIT, {
      ...LOGIN,
      "ca.crt": "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
    });
    world.git.fail(URL, error);
    const id = await world.create(PRIVATE);
    await world.clock.advance(5 * MINUTE);
    world.secrets.set(GIT, { username: "", password: MARKER });
    await world.clock.advance(MINUTE);
    expect(world.ready(id)).toContain("SecretInvalid");
    const told = inspect([world.log, world.cluster.repositories.written], { depth: Infinity });
    expect(told).toContain("SecretInvalid");
    for (const form of forms) expect(told).not.toContain(form);
  });
});
