/** Laws that hold whatever happens, in whatever order. */
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RepositoryId } from "../../src/model/git-repository";
import type { ObserveQuery, World } from "../../src/ports";
import { configMap, createFakeWorld, type FakeWorld } from "../support/fake-world";

type Deed = "create" | "delete" | "edit" | "sync-at" | "commit" | "resend";
type Event =
  | { readonly do: Deed; readonly number: number }
  | { readonly do: "nudge" | "restart" }
  | { readonly do: "advance"; readonly seconds: number };

const deed = fc.constantFrom<Deed>("create", "delete", "edit", "sync-at", "commit", "resend");
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: deed, number: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.constantFrom<Event>({ do: "nudge" }, { do: "restart" }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("advance" as const), seconds: fc.nat({ max: 30 }) }),
  },
);

test("any sequence of events: one sync a repository, no more than may in all, and in the end all are in", async () => {
  const sequences = fc.array(event, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(sequences, fc.integer({ min: 1, max: 3 }), async (sequence, limit) => {
      const meter = createMeter();
      const world = createFakeWorld(meter.watch);
      world.settings.current = { ...world.settings.current, concurrentSyncs: limit };
      const stage = createStage(world);
      for (const one of sequence) await stage.play(one);
      stage.lastCommits();
      await world.clock.advance(120_000);
      expect(meter.most()).toBeLessThanOrEqual(limit);
      expect(meter.clashes).toEqual([]);
      for (const [id, commit] of stage.living()) {
        expect(world.status(id)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
        expect(world.cluster.read(`ConfigMap/shop/${id.name}`)).toMatchObject({
          data: { commit: "last" },
        });
      }
      expect(world.metrics).toMatchObject({ workers: stage.living().length, restarts: 0 });
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Plays events on a world of five repositories. */
function createStage(world: FakeWorld) {
  const { repositories } = world.cluster;
  const living = new Map<number, RepositoryId>();
  const latest = new Map<number, string>();
  let count = 0;

  const commit = (number: number, text: string) => {
    const files = { "a.yaml": configMap(`r${number}`, { commit: text }) };
    latest.set(number, world.git.commit(urlOf(number), files));
  };
  const deeds: Record<Deed, (id: RepositoryId, number: number) => void> = {
    create: () => undefined,
    delete: (id, number) => {
      repositories.delete(id);
      living.delete(number);
    },
    edit: id => repositories.edit(id, { interval: `${(count++ % 20) + 1}s` }),
    "sync-at": id => repositories.syncAt(id, `${count++}`),
    commit: (_, number) => commit(number, `${count++}`),
    resend: id => repositories.resend(id),
  };
  const act = ({ do: what, number }: Extract<Event, { number: number }>) => {
    if (!latest.has(number)) commit(number, "first");
    const id = living.get(number);
    if (id !== undefined) deeds[what](id, number);
    if (id !== undefined || what !== "create") return;
    const spec = { url: urlOf(number), interval: "5s" };
    living.set(number, repositories.create("shop", `r${number}`, spec));
  };

  return {
    async play(one: Event): Promise<void> {
      switch (one.do) {
        case "nudge":
          world.supervisor().nudgeAll();
          return;
        case "restart":
          return world.restart();
        case "advance":
          return world.clock.advance(one.seconds * 1_000);
        case "create":
        case "delete":
        case "edit":
        case "sync-at":
        case "commit":
        case "resend":
          act(one);
          return setImmediate();
      }
    },
    /** Those that exist, with a last commit each. */
    living(): readonly (readonly [RepositoryId, string | undefined])[] {
      return [...living].map(([number, id]) => [id, latest.get(number)] as const);
    },
    lastCommits: () => [...living.keys()].forEach(number => commit(number, "last")),
  };
}

function urlOf(number: number): string {
  return `https://git.example.com/r${number}.git`;
}

/** Makes calls take a few turns of the event loop, and counts those in flight. */
function createMeter() {
  const running = new Map<string, number>();
  const clashes: string[] = [];
  let most = 0;

  const measure = async <T>(who: string, signal: AbortSignal, work: () => Promise<T>) => {
    if (running.has(who)) clashes.push(who);
    running.set(who, (running.get(who) ?? 0) + 1);
    most = Math.max(most, running.size);
    try {
      for (let turn = 0; turn < 2 && !signal.aborted; turn++) await setImmediate();
      return await work();
    } finally {
      running.delete(who);
    }
  };

  return {
    clashes,
    most: () => most,
    watch: (world: World): World => ({
      ...world,
      git: {
        resolve: (location, signal) =>
          measure(location.url, signal, () => world.git.resolve(location, signal)),
        fetch: (location, commit, known, signal) =>
          measure(location.url, signal, () => world.git.fetch(location, commit, known, signal)),
      },
      cluster: {
        ...world.cluster,
        follow: (follower, kinds, signal) =>
          measure(whose(follower.labels), signal, () =>
            world.cluster.follow(follower, kinds, signal),
          ),
        observe: (query, signal) =>
          measure(urlOfObject(query), signal, () => world.cluster.observe(query, signal)),
        execute: (plan, told, signal) =>
          measure(urlOfManager(plan.fieldManager), signal, () =>
            world.cluster.execute(plan, told, signal),
          ),
      },
    }),
  };
}

function whose(labels: Readonly<Record<string, string>>): string {
  return `https://git.example.com/${labels["nopea.io/repository"]}.git`;
}

/** Objects are called like their repositories. */
function urlOfObject({ sought }: ObserveQuery): string {
  return `https://git.example.com/${sought[0]?.key.name}.git`;
}

function urlOfManager(manager: string): string {
  return `https://git.example.com/${manager.slice(manager.lastIndexOf("/") + 1)}.git`;
}
