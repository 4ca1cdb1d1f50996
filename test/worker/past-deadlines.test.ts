/** Deadlines that pass while nothing can be done: nobody spins, and what waits is looked at again. */
import { describe, expect, test } from "vitest";
import { createDriftWorld, OBJECT } from "../support/drift-world";
import { configMap, URL } from "../support/fake-world";

const MINUTE = 60_000;
const options = { timeout: 30_000 };
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };

describe("a grace period that ends", options, () => {
  test("while the object is being deleted: waited for without a hurry, and made anew when it is gone", async () => {
    const world = await createDriftWorld({ healGracePeriod: "5m" });
    await world.hand({ k: "hand" });
    await world.clock.advance(2 * MINUTE);
    world.cluster.terminate(OBJECT);
    const before = world.cluster.requests.length;
    await world.clock.advance(10 * MINUTE);
    // a poll each five seconds, and no more than a few requests each time
    expect(world.cluster.requests.length - before).toBeLessThan(600);
    world.cluster.delete(OBJECT);
    await world.clock.advance(10 * MINUTE);
    expect(world.data()).toEqual({ k: "git" });
    expect(world.open()).toEqual([]);
  });
});

describe("a deadline that comes while another object is written", options, () => {
  test("the edit is healed all the same", async () => {
    const world = await createDriftWorld({ healGracePeriod: "1m", interval: "1h" });
    await world.hand({ k: "hand" });
    await world.clock.advance(59_000);
    world.cluster.beforeApply = async object => {
      if (object === OBJECT) return;
      world.cluster.beforeApply = () => undefined;
      await world.clock.sleep(5_000, new AbortController().signal);
    };
    world.git.commit(URL, {
      "a.yaml": configMap("a", { k: "git" }),
      "b.yaml": configMap("b", { k: "new" }),
    });
    world.cluster.repositories.edit(world.id, { interval: "2h" });
    await world.clock.advance(30_000);
    expect(world.cluster.read("ConfigMap/shop/b")).toBeDefined();
    expect(world.data()).toEqual({ k: "git" });
    expect(world.open()).toEqual([]);
  });
});

describe("a timed suspension that ends", options, () => {
  test("while the API server refuses to take the annotation off: tried again with back-off", async () => {
    const world = await createDriftWorld();
    await world.annotate({ "nopea.io/suspend-heal": "1m" });
    world.cluster.refuse(OBJECT, { code: "object-refused", message: "no" });
    await world.clock.advance(5 * MINUTE);
    const refused = world.writes();
    expect(refused).toBeGreaterThan(1);
    expect(refused).toBeLessThan(20);
    world.cluster.refuse(OBJECT, undefined);
    await world.clock.advance(2 * MINUTE);
    const annotations = world.cluster.live(OBJECT)?.annotations;
    expect(annotations).not.toHaveProperty(["nopea.io/suspend-heal"]);
  });
});

describe("a namespace that is deleted and made anew", options, () => {
  test("its objects: back within the interval, without a commit", async () => {
    const world = await createDriftWorld();
    world.cluster.terminate("Namespace/shop");
    world.cluster.delete(OBJECT);
    await world.clock.advance(MINUTE);
    expect(world.data()).toBeUndefined();
    world.cluster.delete("Namespace/shop");
    await world.clock.advance(MINUTE);
    world.cluster.apply(namespace, "kubectl");
    await world.clock.advance(MINUTE);
    expect(world.data()).toEqual({ k: "git" });
  });
});

describe("spec.suspend that ends", options, () => {
  test("a hotfix that was committed meanwhile: never undone", async () => {
    const world = await createDriftWorld();
    world.cluster.repositories.edit(world.id, { suspend: true });
    await world.clock.settle();
    await world.hand({ k: "hotfix" });
    await world.push({ k: "hotfix" });
    const seen: unknown[] = [];
    world.cluster.beforeApply = () => void seen.push(world.data());
    world.cluster.repositories.edit(world.id, { suspend: false });
    await world.clock.advance(MINUTE);
    expect(seen.filter(data => JSON.stringify(data) !== '{"k":"hotfix"}')).toEqual([]);
    expect(world.data()).toEqual({ k: "hotfix" });
  });
});
