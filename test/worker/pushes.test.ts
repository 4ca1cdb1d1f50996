/** Pushes that webhooks tell of, on fakes and a clock of our own: none is lost, none makes more work than it must. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import { configMap, createFakeWorld, URL, type FakeWorld } from "../support/fake-world";

const SECOND = 1_000;
const HOUR = 3_600_000;

async function createQuietWorld() {
  const world = createFakeWorld();
  const commit = world.git.commit(URL, { "a.yaml": configMap("a") });
  const id = await world.create({ interval: "1h" });
  let count = 0;
  return {
    world,
    id,
    commit,
    /** A new tip that the Git server shows at once. */
    commitNext: () => world.git.commit(URL, { "a.yaml": configMap("a", { n: `${count++}` }) }),
    push: (pushed: string, branch = "main") =>
      world.supervisor().push({ name: "my-app" }, { branch, commit: pushed }),
    synced: () => world.status(id).lastSyncedCommit,
  };
}

const resolves = (world: FakeWorld) =>
  world.git.calls.filter(({ verb }) => verb === "resolve").length;

function gate() {
  let open = (): void => undefined;
  const promise = new Promise<void>(resolve => (open = resolve));
  return { promise, open: () => open() };
}

describe("who is told", () => {
  test("every repository of the name, or the one of a namespace", async () => {
    const { world } = await createQuietWorld();
    await world.create({ interval: "1h" }, "my-app", "team");
    await world.create({ interval: "1h" }, "other");
    const push = { branch: "main", commit: "c" };
    const both = world.supervisor().push({ name: "my-app" }, push);
    expect(both).toEqual({ told: ["shop/my-app", "team/my-app"], deaf: [] });
    const one = world.supervisor().push({ namespace: "team", name: "my-app" }, push);
    expect(one).toEqual({ told: ["team/my-app"], deaf: [] });
    const none = world.supervisor().push({ namespace: "shop", name: "none" }, push);
    expect(none).toEqual({ told: [], deaf: [] });
  });

  test("of another branch, suspended, or without a valid spec: not told, and Git is not asked", async () => {
    const { world, id, commit, push } = await createQuietWorld();
    const asked = resolves(world);
    expect(push(commit, "feature").deaf).toEqual([
      "shop/my-app: syncs branch main, and this push is to another one",
    ]);
    world.cluster.repositories.edit(id, { url: URL, suspend: true });
    await world.clock.settle();
    expect(push(commit).deaf).toEqual(["shop/my-app: suspended (spec.suspend)"]);
    world.cluster.repositories.edit(id, { url: "", suspend: false });
    await world.clock.settle();
    expect(push(commit).deaf).toEqual(["shop/my-app: its spec is invalid"]);
    await world.clock.advance(10 * SECOND);
    expect(resolves(world)).toBe(asked);
  });
});

describe("a push", () => {
  test("at rest: in at once, with one look", async () => {
    const { world, commitNext, push, synced } = await createQuietWorld();
    const asked = resolves(world);
    const commit = commitNext();
    push(commit);
    await world.clock.settle();
    expect(synced()).toBe(commit);
    await world.clock.advance(HOUR / 2);
    expect(resolves(world)).toBe(asked + 1);
  });

  test("its commit is fetched while the server is asked for the tip", async () => {
    const { world, commitNext, push, synced } = await createQuietWorld();
    const before = world.git.calls.length;
    const answer = gate();
    world.git.delay(URL, answer.promise);
    const commit = commitNext();
    push(commit);
    await world.clock.settle();
    const verbs = world.git.calls.slice(before).map(({ verb }) => verb);
    expect(verbs.sort()).toEqual(["fetch", "resolve"]);
    answer.open();
    await world.clock.settle();
    expect(synced()).toBe(commit);
  });

  test("of what is in already: one look, no sync", async () => {
    const { world, commit, push } = await createQuietWorld();
    push(commit);
    await world.clock.advance(10 * SECOND);
    expect(world.metrics.synced).toBe(1);
    expect(resolves(world)).toBe(2);
  });

  test("that the Git server shows a second later: in without waiting for the interval", async () => {
    const { world, commitNext, push, synced } = await createQuietWorld();
    push("f".repeat(40));
    await world.clock.advance(SECOND);
    const commit = commitNext();
    await world.clock.advance(SECOND);
    expect(synced()).toBe(commit);
  });

  test("that the Git server never shows: five looks, then the interval again", async () => {
    const { world, push } = await createQuietWorld();
    push("f".repeat(40));
    await world.clock.advance(HOUR - SECOND);
    expect(resolves(world)).toBe(1 + 5);
    await world.clock.advance(5 * SECOND);
    expect(resolves(world)).toBe(1 + 5 + 1);
  });

  test("in the middle of a look, and never shown: five looks of its own afterwards", async () => {
    const { world, commit, push } = await createQuietWorld();
    const slow = gate();
    world.git.delay(URL, slow.promise);
    push(commit);
    await world.clock.settle();
    push("f".repeat(40));
    const asked = resolves(world);
    world.git.delay(URL, undefined);
    slow.open();
    await world.clock.advance(60 * SECOND);
    expect(resolves(world)).toBe(asked + 5);
  });

  test("while a look is under way that has asked already: one more look, and it is in", async () => {
    const { world, commitNext, push, synced } = await createQuietWorld();
    const slow = gate();
    push(commitNext());
    world.cluster.beforeApply = () => slow.promise;
    await world.clock.settle();
    const last = commitNext();
    push(last);
    await world.clock.settle();
    expect(synced()).not.toBe(last);
    slow.open();
    await world.clock.advance(SECOND);
    expect(synced()).toBe(last);
    expect(world.metrics.synced).toBe(3);
  });

  test("twenty in a second, a commit each: two syncs, the second one of the newest", async () => {
    const { world, commitNext, push, synced } = await createQuietWorld();
    let commit = "";
    for (let number = 0; number < 20; number++) {
      commit = commitNext();
      push(commit);
      await world.clock.advance(50);
    }
    await world.clock.advance(10 * SECOND);
    expect(synced()).toBe(commit);
    expect(world.metrics.synced).toBe(1 + 2);
  });

  test("and then the spec is edited: synced at once, although the burst is not over", async () => {
    const { world, id, commitNext, push } = await createQuietWorld();
    push(commitNext());
    await world.clock.settle();
    push(commitNext());
    world.cluster.repositories.syncAt(id, "now");
    await world.clock.settle();
    expect(world.status(id).lastHandledSyncAt).toBe("now");
  });
});

describe("a Git server that refuses", () => {
  const fail = (world: FakeWorld, code: "git-authentication" | "git-unreachable") =>
    world.git.fail(URL, new NopeaError(code, "no"));

  test("the credentials: pushes without end, also during a look, and yet six tries a minute at most", async () => {
    const { world, push, commitNext, synced } = await createQuietWorld();
    fail(world, "git-authentication");
    push(commitNext());
    await world.clock.settle();
    const asked = resolves(world);
    for (let number = 0; number < 600; number++) {
      push(commitNext());
      await world.clock.advance(100);
    }
    expect(resolves(world) - asked).toBeLessThanOrEqual(6);
    world.git.fail(URL, undefined);
    const commit = commitNext();
    push(commit);
    await world.clock.advance(60 * SECOND);
    expect(synced()).toBe(commit);
  });

  test("the credentials, with a push in the middle of the look: the back-off holds", async () => {
    const { world, push, commitNext } = await createQuietWorld();
    const slow = gate();
    fail(world, "git-authentication");
    world.git.delay(URL, slow.promise);
    push(commitNext());
    await world.clock.settle();
    push(commitNext());
    const asked = resolves(world);
    slow.open();
    await world.clock.advance(9 * SECOND);
    expect(resolves(world)).toBe(asked);
  });

  test("to be reached: a push is a reason to try at once, and it is in when it works again", async () => {
    const { world, push, commitNext, synced } = await createQuietWorld();
    fail(world, "git-unreachable");
    push(commitNext());
    await world.clock.settle();
    world.git.fail(URL, undefined);
    const commit = commitNext();
    await world.clock.advance(SECOND);
    push(commit);
    await world.clock.settle();
    expect(synced()).toBe(commit);
  });
});
