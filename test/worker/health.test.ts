/** Loops that are stuck are seen; and two watches that tell of GitRepositories tell of each once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { healthAnswer } from "../../src/core/health/health";
import type { RawRepository, Repository } from "../../src/model/git-repository";
import { createInbox } from "../../src/worker/inbox";
import { createWatchBoard } from "../../src/worker/watch-board";
import { createFakeClock } from "../support/fake-clock";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { configMap, createFakeWorld, URL, type FakeWorld } from "../support/fake-world";

const MINUTE = 60_000;

function checks(world: FakeWorld): Readonly<Record<string, { readonly ok: boolean }>> {
  const { body } = healthAnswer(world.pulse.works(), world.clock.now());
  return body.checks as unknown as Readonly<Record<string, { readonly ok: boolean }>>;
}

const never = new Promise<never>(() => undefined);

describe("a loop", () => {
  test("that works: is healthy, whatever fails", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": "{" });
    await world.create();
    await world.clock.advance(60 * MINUTE);
    expect(world.pulse.works()).toEqual([]);
  });

  test("whose Git server ignores even the deadline: stuck 30 s after it, and named in the log once", async () => {
    const world = createFakeWorld(fake => ({
      ...fake,
      git: { ...fake.git, resolve: () => never },
    }));
    await world.create();
    await world.clock.advance(80_000);
    expect(checks(world).git).toMatchObject({ ok: true, busy: 1 });
    await world.clock.advance(11_000);
    expect(checks(world).git).toMatchObject({ ok: false, stuck: 1 });
    expect(checks(world).git).toMatchObject({ ok: false, stuck: 1 });
    const told = world.log.filter(({ message }) => message === "a loop is stuck");
    expect(told).toMatchObject([{ fields: { loop: "git", repository: "shop/my-app" } }]);
  });

  test("whose write of a status never ends, or of a record: stuck after two minutes", async () => {
    const world = await createDriftWorld({ healPolicy: "manual" });
    const stuck = createFakeWorld(fake => ({
      ...fake,
      cluster: { ...fake.cluster, writeStatus: () => never },
      driftRecords: { ...fake.driftRecords, write: () => never },
    }));
    expect(checks(world).status).toMatchObject({ ok: true, busy: 0 });
    stuck.git.commit(URL, { "a.yaml": configMap("a") });
    await stuck.create();
    await stuck.clock.advance(3 * MINUTE);
    expect(checks(stuck).status).toMatchObject({ ok: false, stuck: 1 });
  });

  test("whose heal never ends: stuck after five minutes", async () => {
    let isStuck = false;
    const world = createFakeWorld(fake => ({
      ...fake,
      cluster: {
        ...fake.cluster,
        execute: (...args) => (isStuck ? never : fake.cluster.execute(...args)),
      },
    }));
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "git" }) });
    await world.create({ interval: "1h" });
    isStuck = true;
    world.cluster.edit(OBJECT, { data: { k: "hand" } });
    await world.clock.advance(4 * MINUTE);
    expect(checks(world).healing).toMatchObject({ ok: true, busy: 1 });
    await world.clock.advance(2 * MINUTE);
    expect(checks(world).healing).toMatchObject({ ok: false, stuck: 1 });
  });
});

/** An inbox before a supervisor that remembers the last it was given. */
function listening() {
  const given = new Map<string, number>();
  const gone = new Set<string>();
  let calls = 0;
  const inbox = createInbox({
    upsert: ({ id, generation }: Repository) => {
      calls++;
      if (!gone.has(id.uid)) given.set(id.uid, generation);
    },
    remove: ({ uid }: { readonly uid: string }) => {
      gone.add(uid);
      given.delete(uid);
    },
  } as unknown as Parameters<typeof createInbox>[0]);
  return { inbox, given, calls: () => calls };
}

const version = (generation: number, uid = "u"): RawRepository => ({
  metadata: {
    ...{ namespace: "shop", name: "my-app", uid, generation },
    resourceVersion: `${100 + generation}`,
  },
  spec: { url: URL },
});

describe("two watches", () => {
  test("law: in whatever order they tell, the newest version stands", () => {
    const orders = fc.tuple(
      fc.constant([1, 2, 3, 4]),
      fc.subarray([1, 2, 3, 4], { minLength: 1 }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    );
    fc.assert(
      fc.property(orders, ([first, second, turns]) => {
        const { inbox, given, calls } = listening();
        const [a, b] = [[...first], [...second]];
        for (const turn of turns) {
          const next = (turn ? a.shift() : undefined) ?? b.shift() ?? a.shift();
          if (next !== undefined) inbox.upsert(version(next));
        }
        expect(given.get("u")).toBe(4);
        expect(calls()).toBeLessThanOrEqual(4);
      }),
    );
  });

  test("one tells of the end before the other tells of the last version: it stays gone; made anew, it is another", () => {
    const { inbox, given } = listening();
    inbox.upsert(version(1));
    inbox.remove(version(1));
    inbox.upsert(version(1));
    expect(given.has("u")).toBe(false);
    inbox.upsert(version(1, "v"));
    inbox.remove(version(1));
    expect(given.get("v")).toBe(1);
  });

  test("a list after a restore of etcd: its older version is taken, and what follows it; one on its way is no restore", () => {
    const { inbox, given } = listening();
    const board = createWatchBoard(createFakeClock(), inbox);
    const raw = (generation: number) =>
      version(generation) as unknown as Parameters<typeof board.upsert>[0];
    board.replace([raw(5)]);
    board.upsert(raw(3));
    expect(given.get("u")).toBe(5);
    board.begins();
    board.replace([raw(2)]);
    expect(given.get("u")).toBe(2);
    inbox.upsert(version(3));
    expect(given.get("u")).toBe(3);
    board.begins();
    inbox.upsert(version(4));
    board.replace([raw(3)]);
    expect(given.get("u")).toBe(4);
  });

  test("our own: counts, hands over, and finds out after a gap what is gone", () => {
    const { inbox, given } = listening();
    const clock = createFakeClock();
    const board = createWatchBoard(clock, inbox);
    expect(board.watching()).toMatchObject({ listedAt: undefined, repositories: 0 });
    const raw = (generation: number, uid: string) =>
      version(generation, uid) as unknown as Parameters<typeof board.upsert>[0];
    board.replace([raw(1, "u"), raw(1, "v")]);
    expect(board.watching()).toMatchObject({ lostAt: clock.now(), answeredAt: clock.now() });
    board.connected(true);
    expect(board.watching()).toMatchObject({ repositories: 2, lostAt: undefined });
    board.connected(false);
    const lostAt = clock.now();
    board.connected(false);
    expect(board.watching().lostAt).toBe(lostAt);
    board.replace([raw(2, "v")]);
    board.connected(true);
    expect(board.watching()).toMatchObject({ repositories: 1, lostAt: undefined });
    expect([...given]).toEqual([["v", 2]]);
    board.remove(raw(2, "v"));
    expect(board.watching().repositories).toBe(0);
    expect(given.size).toBe(0);
  });
});
