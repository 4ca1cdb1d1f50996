/** Many repositories: none hurts another, and no more work at once than may. */
import { describe, expect, test } from "vitest";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const SECOND = 1_000;
const MINUTE = 60_000;
const HEALTHY = "https://git.example.com/healthy.git";

describe("a worker that breaks", { timeout: 30_000 }, () => {
  test("runs again after back-off, is counted and told of; its neighbour goes on as ever", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.commit(HEALTHY, { "h.yaml": configMap("h") });
    world.git.fail(URL, new TypeError("cannot read properties of undefined"));
    const id = await world.create({ interval: "1h" });
    const healthy = await world.create({ url: HEALTHY }, "healthy");
    expect(world.metrics.restarts).toBe(1);
    expect(world.ready(id)).toContain("False InternalError: TypeError: cannot read properties");
    const commit = world.git.commit(HEALTHY, { "h.yaml": configMap("h", { k: "2" }) });
    await world.clock.advance(5 * SECOND);
    expect(world.status(healthy)).toMatchObject({ phase: "Synced", lastSyncedCommit: commit });
    await world.clock.advance(5 * MINUTE);
    const broken = world.git.calls.filter(({ location }) => location.url === URL).length;
    expect(broken).toBeGreaterThanOrEqual(6);
    expect(broken).toBeLessThanOrEqual(10);
    expect(world.metrics.restarts).toBe(broken);
    world.git.fail(URL, undefined);
    await world.clock.advance(MINUTE);
    expect(world.status(id).phase).toBe("Synced");
    expect(world.log.filter(({ message }) => message.includes("start anew")).length).toBe(broken);
  });

  test("its input is mended after a long time: in within the interval", async () => {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    world.git.fail(URL, new TypeError("broken"));
    const id = await world.create({ interval: "10s" });
    await world.clock.advance(10 * MINUTE);
    const tries = world.git.calls.length;
    expect(tries).toBeLessThanOrEqual(1 + 60);
    world.git.fail(URL, undefined);
    await world.clock.advance(10 * SECOND);
    expect(world.status(id).phase).toBe("Synced");
  });

  test("deleted while it waits to run again: never runs again", async () => {
    const world = createFakeWorld();
    world.git.fail(URL, new TypeError("broken"));
    const id = await world.create();
    world.cluster.repositories.delete(id);
    const calls = world.git.calls.length;
    await world.clock.advance(10 * MINUTE);
    expect(world.git.calls.length).toBe(calls);
  });

  test("its spec is edited while it waits to run again: runs at once", async () => {
    const world = createFakeWorld();
    world.git.fail(URL, new TypeError("broken"));
    world.git.commit(HEALTHY, { "h.yaml": configMap("h") });
    const id = await world.create();
    await world.clock.advance(5 * MINUTE);
    world.cluster.repositories.edit(id, { url: HEALTHY });
    await world.clock.settle();
    expect(world.status(id)).toMatchObject({ phase: "Synced", observedGeneration: 2 });
  });
});

describe("a Git server that hangs", { timeout: 30_000 }, () => {
  test("its repository waits for the timeout; its neighbour is synced meanwhile", async () => {
    const world = createFakeWorld();
    world.git.commit(HEALTHY, { "h.yaml": configMap("h") });
    world.git.delay(URL, new Promise(() => undefined));
    await world.create();
    const healthy = await world.create({ url: HEALTHY }, "healthy");
    expect(world.status(healthy).phase).toBe("Synced");
  });

  test("more of them than may work at once: who waits for a place gets one when the first times out", async () => {
    const world = createFakeWorld();
    world.settings.current = { ...world.settings.current, concurrentSyncs: 2 };
    world.git.commit(HEALTHY, { "h.yaml": configMap("h") });
    world.git.delay(URL, new Promise(() => undefined));
    for (const name of ["one", "two"]) await world.create({ timeout: "10s" }, name);
    const healthy = await world.create({ url: HEALTHY }, "healthy");
    expect(world.status(healthy).phase).toBe("Initializing");
    await world.clock.advance(10 * SECOND);
    expect(world.status(healthy).phase).toBe("Synced");
  });
});

describe("identity", { timeout: 30_000 }, () => {
  test("two repositories of one name in two namespaces: independent in every respect", async () => {
    const world = createFakeWorld();
    const other = "https://git.example.com/other.git";
    world.git.commit(URL, { "a.yaml": configMap("a", { from: "shop" }) });
    world.git.commit(other, { "a.yaml": configMap("a", { from: "team" }) });
    world.cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } },
      "kubectl",
    );
    const one = await world.create();
    const two = await world.create({ url: other }, "my-app", "team");
    expect(world.cluster.read("ConfigMap/shop/a")).toMatchObject({ data: { from: "shop" } });
    expect(world.cluster.read("ConfigMap/team/a")).toMatchObject({ data: { from: "team" } });
    world.cluster.repositories.delete(one);
    const commit = world.git.commit(other, { "a.yaml": configMap("a", { from: "team2" }) });
    await world.clock.advance(5 * SECOND);
    expect(world.status(two).lastSyncedCommit).toBe(commit);
  });

  test("ten repositories at once, rounds of commits: no object ever carries another's content or commit", async () => {
    const world = createFakeWorld();
    world.settings.current = { ...world.settings.current, concurrentSyncs: 3 };
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const urlOf = (number: number) => `https://git.example.com/r${number}.git`;
    const commits = new Map<number, string>();
    const commit = (number: number, round: number) => {
      const files = { "a.yaml": configMap(`c${number}`, { of: `${number}.${round}` }) };
      commits.set(number, world.git.commit(urlOf(number), files));
    };
    for (const number of numbers) {
      commit(number, 0);
      await world.create({ url: urlOf(number) }, `r${number}`);
    }
    for (let round = 1; round <= 10; round++) {
      for (const number of numbers) commit(number, round);
      await world.clock.advance(5 * SECOND);
      for (const number of numbers) {
        const object = `ConfigMap/shop/c${number}`;
        expect(world.cluster.read(object)).toMatchObject({ data: { of: `${number}.${round}` } });
        expect(world.cluster.live(object)?.annotations["nopea.io/applied"]).toContain(
          commits.get(number),
        );
      }
    }
  });
});
