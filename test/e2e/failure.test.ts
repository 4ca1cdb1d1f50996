/** Commits that cannot be applied, in whole or in part, and Git servers that are away. */
import { describe, expect, it } from "vitest";
import type { Stop } from "../support/forward";
import { forward, freePort } from "../support/forward";
import { conditionOf, configMap, readyMessage, useWorld } from "../support/world";

const world = useWorld();

const seconds = (amount: number) => new Promise(resolve => setTimeout(resolve, amount * 1_000));

async function writesIn(namespace: string, mark: number) {
  return (await world.writes(mark)).filter(write => write.namespace === namespace);
}

describe.concurrent("a commit that cannot be read", () => {
  it("one broken file among good ones: nothing is written, file and line are named, the last good commit stays", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    const good = await app.synced();
    const mark = await world.mark();
    const bad = await app.push({
      "a.yaml": configMap("a", "2"),
      "new.yaml": configMap("new", "1"),
      "deploy/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [x\n",
    });
    const message = await app.failed(/deploy\/broken\.yaml:[34]: /);
    expect(message).toMatch(/push/);
    const { status } = await app.resource();
    expect(status).toMatchObject({
      lastSyncedCommit: app.commit,
      lastAttemptedCommit: bad,
      lastSyncTime: good.status?.lastSyncTime,
    });
    expect(conditionOf(status, "Ready")).toMatchObject({
      status: "False",
      reason: "InvalidManifests",
    });
    await seconds(6);
    expect(await writesIn(app.namespace, mark)).toEqual([]);
    expect(await app.data("a")).toEqual({ value: "1" });
    const mended = await app.push({ "deploy/broken.yaml": configMap("mended", "1") });
    await app.synced(mended);
    expect(await app.data("a")).toEqual({ value: "2" });
    expect(await app.data("new")).toEqual({ value: "1" });
  });

  it("the same object in two files: both are named, and nothing is written", async () => {
    const mark = await world.mark();
    const app = await world.app({
      files: { "a.yaml": configMap("twin", "1"), "b/c.yaml": configMap("twin", "2") },
    });
    const message = await app.failed(/b\/c\.yaml:1: ConfigMap\/.*\/twin .*a\.yaml:1/);
    expect(message).toContain("twin");
    expect(await writesIn(app.namespace, mark)).toEqual([]);
  });
});

const wrongPort = `apiVersion: v1
kind: Service
metadata: {name: wrong-port}
spec: {ports: [{port: 99999}]}
`;
const misspelt = `apiVersion: apps/v1
kind: Deployment
metadata: {name: misspelt}
spec:
  replcas: 2
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: a, image: registry.invalid/a}]}
`;

describe.concurrent("a commit that the API server takes only in part", () => {
  it("two refused objects: the others are in, both are named with the cause, and are tried ever more seldom", async () => {
    const mark = await world.mark();
    const app = await world.app({
      files: {
        "good.yaml": configMap("good", "1"),
        "svc/wrong.yaml": `# one line more\n${wrongPort}`,
        "misspelt.yaml": misspelt,
        "z.yaml": configMap("z", "1"),
      },
      spec: { interval: "1s" },
    });
    const message = await app.failed(/wrong-port/);
    expect(message).toMatch(/svc\/wrong\.yaml:2: Service\/.*\/wrong-port: .*99999/);
    expect(message).toMatch(/misspelt\.yaml:1: Deployment\.apps\/.*\/misspelt: .*replcas/);
    expect(await app.data("good")).toEqual({ value: "1" });
    expect(await app.data("z")).toEqual({ value: "1" });
    await seconds(32);
    const { status } = await app.resource();
    expect(status?.phase).toBe("Failed");
    expect(status).not.toHaveProperty("lastSyncedCommit");
    expect(status?.lastAttemptedCommit).toBe(app.commit);
    const writes = await writesIn(app.namespace, mark);
    const times = (name: string) => writes.filter(write => write.name === name).map(({ at }) => at);
    for (const name of ["wrong-port", "misspelt"]) {
      // 10 tries in 5 minutes: with 5, 10, 20 s between them, 4 in the first 35 s
      expect(times(name).length, name).toBeGreaterThan(1);
      expect(times(name).length, name).toBeLessThanOrEqual(4);
      const pauses = times(name)
        .slice(1)
        .map((at, index) => at - (times(name)[index] ?? 0));
      expect(Math.min(...pauses), name).toBeGreaterThan(4_000);
    }
    expect(times("good")).toHaveLength(1);
    expect(times("z")).toHaveLength(1);
    const mended = await app.push({
      "svc/wrong.yaml": wrongPort.replace("99999", "80"),
      "misspelt.yaml": misspelt.replace("replcas", "replicas"),
    });
    await app.synced(mended);
  });

  it("a refused change of an object that was in: the last commit that was in whole stays the synced one", async () => {
    const app = await world.app({
      files: { "svc.yaml": wrongPort.replace("99999", "80"), "a.yaml": configMap("a", "1") },
    });
    await app.synced();
    const bad = await app.push({ "svc.yaml": wrongPort, "a.yaml": configMap("a", "2") });
    await app.failed(/wrong-port/);
    const { status } = await app.resource();
    expect(status).toMatchObject({ lastSyncedCommit: app.commit, lastAttemptedCommit: bad });
    expect(await app.data("a")).toEqual({ value: "2" });
    const service = await app.object<never>("v1", "Service", "wrong-port");
    expect(service).toMatchObject({ spec: { ports: [{ port: 80 }] } });
  });

  it("an object of a kind that nobody serves: named with the way out, and in once the kind is served", async () => {
    const kind = `Late${Date.now()}`;
    const group = `${kind.toLowerCase()}.example`;
    const app = await world.app({
      files: {
        "a.yaml": configMap("a", "1"),
        "late.yaml": `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: {name: x}\nspec: {a: 1}\n`,
      },
    });
    expect(await app.failed(/late\.yaml:1/)).toMatch(/CustomResourceDefinition/);
    expect(await app.data("a")).toEqual({ value: "1" });
    const plural = kind.toLowerCase();
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind, plural },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        ],
      },
    };
    await world.cluster.admin.create(definition);
    await app.synced(app.commit, 15_000);
    await world.cluster.admin.delete({ ...definition, name: definition.metadata.name });
  });
});

describe.concurrent("a Git server that is away", () => {
  it("nobody listens at first: Failed says so, and the repository is in within 60 s of the server's start", async () => {
    const port = await freePort();
    const repository = await world.git().create("late-server");
    const commit = await repository.commit({ "a.yaml": configMap("a", "1") });
    const url = repository.url.replace(/:\d+\//, `:${port}/`);
    const app = await world.app({ repository: { ...repository, url } });
    await app.failed(/spec\.url/);
    expect(conditionOf((await app.resource()).status, "Ready")?.reason).toBe("GitUnreachable");
    await seconds(8);
    let stop: Stop | undefined;
    try {
      stop = await forward(port, world.git().url);
      await app.synced(commit, 60_000);
    } finally {
      await stop?.();
    }
  });

  it("the server answers with an error: the objects stay, and the next commit is in once it is well again", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const name = `${app.namespace}/${app.name}`;
    world.git().behave(name, { status: 503 });
    await app.failed(/503/);
    expect(readyMessage((await app.resource()).status)).toContain("503");
    expect(await app.data("a")).toEqual({ value: "1" });
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    world.git().behave(name, {});
    await app.synced(second, 30_000);
    expect(await app.data("a")).toEqual({ value: "2" });
  });
});
