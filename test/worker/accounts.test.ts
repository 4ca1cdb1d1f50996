/** Repositories that are applied as an account of their namespace: who writes what, and what is told of the rest. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import type { RepositoryId } from "../../src/model/git-repository";
import { createDriftWorld } from "../support/drift-world";
import { configMap, createFakeWorld, namespace, URL, type FakeWorld } from "../support/fake-world";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const options = { timeout: 30_000 };

const inOther = JSON.stringify({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "theirs", namespace: "other" },
  data: { k: "git" },
});
const THEIRS = "ConfigMap/other/theirs";

function withDefault(world: FakeWorld, defaultServiceAccount: string): void {
  world.settings.current = { ...world.settings.current, defaultServiceAccount };
}

const writers = ({ cluster }: FakeWorld) =>
  cluster.writes.map(({ object, account }) => `${object} ${account ?? "nopea"}`);

/** Two objects, one of them in another namespace. */
function given(): FakeWorld {
  const world = createFakeWorld();
  namespace(world.cluster, "other");
  world.git.commit(URL, { "a.yaml": configMap("a", { k: "git" }), "b.yaml": inOther });
  return world;
}

describe("who writes", options, () => {
  test("neither spec nor settings name an account: nopea itself, and nobody's rights are asked for", async () => {
    const world = given();
    await world.create();
    expect(writers(world)).toEqual(["ConfigMap/shop/a nopea", `${THEIRS} nopea`]);
    expect(world.cluster.requests).not.toContain("forbidden");
  });

  test("spec.serviceAccountName: that account writes, and heals", async () => {
    const world = given();
    await world.create({ serviceAccountName: "deployer" });
    world.cluster.edit("ConfigMap/shop/a", { data: { k: "hand" } });
    await world.clock.advance(1);
    expect(writers(world)).toEqual([
      "ConfigMap/shop/a deployer",
      `${THEIRS} deployer`,
      "ConfigMap/shop/a deployer",
    ]);
  });

  test("a default account: it writes, but not where the spec names another", async () => {
    const world = given();
    withDefault(world, "everybody");
    await world.create();
    await world.create({ serviceAccountName: "deployer", targetNamespace: "other" }, "second");
    expect(writers(world)).toEqual([
      "ConfigMap/shop/a everybody",
      `${THEIRS} everybody`,
      "ConfigMap/other/a deployer",
    ]);
  });

  test("after a restart, what is suspicious is rehearsed as the account", async () => {
    const accounts: unknown[] = [];
    const world = createFakeWorld(real => ({
      ...real,
      cluster: {
        ...real.cluster,
        rehearse: (rehearsal, signal) => {
          accounts.push(rehearsal.account);
          return real.cluster.rehearse(rehearsal, signal);
        },
      },
    }));
    world.git.commit(URL, { "a.yaml": configMap("a", { k: "git" }) });
    await world.create({ serviceAccountName: "deployer", healPolicy: "manual" });
    world.cluster.edit("ConfigMap/shop/a", { data: { k: "hand" } });
    await world.clock.advance(1);
    await world.restart();
    expect(accounts).toEqual([{ namespace: "shop", name: "deployer" }]);
  });
});

describe("the account changes", options, () => {
  /** Something happens between the two writes of the first walk. */
  async function interrupt(
    world: FakeWorld,
    event: (id: RepositoryId) => void,
    spec = {},
  ): Promise<void> {
    const { repositories } = world.cluster;
    let isOver = false;
    world.cluster.beforeApply = async object => {
      if (object !== THEIRS || isOver) return;
      isOver = true;
      await world.clock.settle();
      event(id);
    };
    const whole = { url: URL, branch: "main", interval: "5s", ...spec };
    const id = repositories.create("shop", "my-app", whole);
    await world.clock.settle();
    await world.clock.advance(20 * SECOND);
  }

  test("in the spec, between two writes: the second is made as the new one", async () => {
    const world = given();
    const edit = (id: RepositoryId) =>
      world.cluster.repositories.edit(id, { serviceAccountName: "second" });
    await interrupt(world, edit, { serviceAccountName: "first" });
    expect(writers(world)).toEqual(["ConfigMap/shop/a first", `${THEIRS} second`]);
  });

  test("a default is set between two writes: the second is not made as nopea itself", async () => {
    const world = given();
    await interrupt(world, () => {
      withDefault(world, "everybody");
      world.supervisor().nudgeAll();
    });
    expect(writers(world)).toEqual(["ConfigMap/shop/a nopea", `${THEIRS} everybody`]);
  });

  test("another setting changes between two writes: the sync goes on", async () => {
    const world = given();
    await interrupt(world, () => {
      world.settings.current = { ...world.settings.current, concurrentSyncs: 3 };
      world.supervisor().nudgeAll();
    });
    expect(writers(world)).toEqual(["ConfigMap/shop/a nopea", `${THEIRS} nopea`]);
    expect(world.cluster.requests.filter(verb => verb === "execute")).toHaveLength(1);
  });

  test("what was refused to the account of before is tried at once as the new one", async () => {
    const world = given();
    world.cluster.refuse(THEIRS, { code: "object-forbidden", message: "no" });
    const id = await world.create({ serviceAccountName: "first" });
    await world.clock.advance(30 * MINUTE);
    world.cluster.refuse(THEIRS, undefined);
    world.cluster.repositories.edit(id, { serviceAccountName: "second" });
    await world.clock.settle();
    expect(writers(world).at(-1)).toBe(`${THEIRS} second`);
    expect(world.ready(id)).toMatch(/^True/);
  });

  test("a default that can be no account: nothing is asked for and nothing written, and it is told", async () => {
    const world = given();
    withDefault(world, "De ployer");
    const id = await world.create();
    await world.clock.advance(10 * MINUTE);
    expect(world.ready(id)).toMatch(/^False InvalidServiceAccount: NOPEA_DEFAULT_SERVICE_ACCOUNT/);
    expect(world.git.calls).toEqual([]);
    expect(world.cluster.writes).toEqual([]);
    withDefault(world, "deployer");
    world.supervisor().nudgeAll();
    await world.clock.settle();
    expect(world.ready(id)).toMatch(/^True/);
  });
});

describe("what the account may not write", options, () => {
  test("it fails by name, and everything else is in; granted, it is in without another commit", async () => {
    const world = given();
    world.cluster.forbid(THEIRS);
    const id = await world.create({ serviceAccountName: "deployer" });
    expect(writers(world)).toEqual(["ConfigMap/shop/a deployer"]);
    expect(world.ready(id)).toMatch(/^False Forbidden: .*deployer cannot patch ConfigMap\/other/);
    await world.clock.advance(MINUTE);
    world.cluster.forbid(THEIRS, false);
    await world.clock.advance(2 * MINUTE);
    expect(world.cluster.read(THEIRS)).toBeDefined();
    expect(world.ready(id)).toMatch(/^True/);
  });

  test("it is not looked at: nothing is told of it, whatever it is like", async () => {
    const world = given();
    world.cluster.forbid(THEIRS);
    const annotations = {
      "nopea.io/suspend-heal": "true",
      "nopea.io/suspend-heal-reason": "a secret plan",
    };
    const metadata = { name: "theirs", namespace: "other", annotations };
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { k: "live" } };
    const id = await world.create({ serviceAccountName: "deployer" });
    const before = world.status(id).conditions?.map(({ message }) => message);
    world.cluster.apply(theirs, "kubectl");
    await world.clock.advance(10 * MINUTE);
    const status = world.status(id);
    expect(status.conditions?.map(({ message }) => message)).toEqual(before);
    expect(status.suspended ?? []).toEqual([]);
    expect(JSON.stringify(status)).not.toContain("secret plan");
    expect(world.cluster.read(THEIRS)?.data).toEqual({ k: "live" });
  });

  test("the same for what another repository owns: its owner is not named", async () => {
    const world = given();
    await world.create({}, "owner");
    world.cluster.forbid(THEIRS);
    const id = await world.create(
      { serviceAccountName: "deployer", targetNamespace: "other" },
      "b",
    );
    expect(world.ready(id)).toMatch(/^False Forbidden/);
    expect(JSON.stringify(world.status(id))).not.toContain("owner");
  });

  test("a right is withdrawn and the object edited: told, not written, not asked about all the time; granted: healed", async () => {
    const world = await createDriftWorld({ serviceAccountName: "deployer", interval: "1h" });
    const object = "ConfigMap/shop/a";
    world.cluster.forbid(object);
    const before = world.cluster.writes.length;
    const asked = () => world.cluster.requests.filter(verb => verb === "forbidden").length;
    const first = asked();
    world.cluster.edit(object, { data: { k: "hand" } });
    await world.clock.advance(SECOND);
    expect(world.ready(world.id)).toMatch(/^False Forbidden: .*deployer cannot patch/);
    await world.clock.advance(10 * MINUTE);
    expect(world.cluster.writes.length).toBe(before);
    expect(world.episodes()).toEqual([]);
    expect(asked() - first).toBeLessThan(15);
    world.cluster.forbid(object, false);
    await world.clock.advance(2 * MINUTE);
    expect(world.cluster.read(object)?.data).toEqual({ k: "git" });
    expect(world.cluster.writes.at(-1)?.account).toBe("deployer");
    expect(world.ready(world.id)).toMatch(/^True/);
  });

  test("the right to an object with an open episode is withdrawn: the episode stays as it was told", async () => {
    const spec = { serviceAccountName: "deployer", healPolicy: "manual", interval: "5s" };
    const world = await createDriftWorld(spec);
    const object = "ConfigMap/shop/a";
    world.cluster.edit(object, { data: { k: "hand" } });
    await world.clock.advance(SECOND);
    const before = world.open();
    expect(before).toHaveLength(1);
    world.cluster.forbid(object);
    world.cluster.edit(object, { data: { k: "another" } });
    await world.clock.advance(MINUTE);
    expect(world.open()).toEqual(before);
  });

  test("nobody says what the account may: nothing is written, and it is tried again", async () => {
    const world = given();
    world.cluster.fail("forbidden", new NopeaError("cluster-unreachable", "no answer"));
    const id = await world.create({ serviceAccountName: "deployer" });
    await world.clock.advance(MINUTE);
    expect(world.cluster.writes).toEqual([]);
    world.cluster.fail("forbidden", undefined);
    await world.clock.advance(5 * MINUTE);
    expect(world.ready(id)).toMatch(/^True/);
  });
});
