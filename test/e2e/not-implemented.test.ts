/** Fields whose behaviour is still to come: those that restrict stop the sync, the others are named. */
import { describe, expect, it } from "vitest";
import { conditionOf, configMap, readyMessage, repositoryApi, useWorld } from "../support/world";

const world = useWorld();

const restricting: readonly (readonly [field: string, value: unknown, named: string])[] = [
  ["serviceAccountName", "deployer", "spec.serviceAccountName"],
];

describe.concurrent("a field that restricts and cannot be honoured yet", () => {
  it.each(restricting)(
    "%s: %s: kubectl warns, the repository is Stalled, Git is not asked and nothing is written",
    async (field, value, named) => {
      const namespace = await world.cluster.createNamespace("restrict");
      const repository = await world.git().create(namespace);
      const commit = await repository.commit({ "a.yaml": configMap("a", "1") });
      const mark = await world.mark();
      const resource = {
        apiVersion: repositoryApi,
        kind: "GitRepository",
        metadata: { namespace, name: "app" },
        spec: { url: repository.url, interval: "1s", [field]: value },
      };
      const applied = await world.cluster.kubectl(["apply", "-f", "-"], {
        input: JSON.stringify(resource),
      });
      expect(applied).toMatchObject({ code: 0 });
      expect(applied.stderr).toContain(`Warning: ${named} is not implemented yet`);
      const app = world.attach({ namespace, name: "app", repository, commit });
      const message = await app.failed(/not implemented yet/);
      expect(message).toContain(named);
      const { status } = await app.resource();
      expect(conditionOf(status, "Stalled")).toMatchObject({
        status: "True",
        reason: "NotImplemented",
      });
      expect(conditionOf(status, "Ready")).toMatchObject({ status: "False" });
      await new Promise(resolve => setTimeout(resolve, 4_000));
      const writes = (await world.writes(mark)).filter(write => write.namespace === namespace);
      expect(writes).toEqual([]);
      expect(await app.data("a")).toBeUndefined();
      expect(requestsOf(namespace)).toEqual([]);
      await app.edit({ [field]: null });
      const mended = await app.synced();
      expect(conditionOf(mended.status, "Stalled")).toBeUndefined();
    },
  );

  it("set on a repository that is in sync: its objects stay as they are, and a new commit waits", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await app.synced();
    await app.edit({ serviceAccountName: "deployer" });
    await app.failed(/spec\.serviceAccountName: not implemented yet/);
    const mark = await world.mark();
    const asked = requestsOf(app.namespace).length;
    const second = await app.push({ "a.yaml": configMap("a", "2") });
    await new Promise(resolve => setTimeout(resolve, 4_000));
    expect(await app.data("a")).toEqual({ value: "1" });
    expect((await world.writes(mark)).filter(write => write.namespace === app.namespace)).toEqual(
      [],
    );
    expect(requestsOf(app.namespace)).toHaveLength(asked);
    expect((await app.resource()).status?.lastSyncedCommit).toBe(app.commit);
    await app.edit({ serviceAccountName: null });
    await app.synced(second, 10_000);
  });
});

describe.concurrent("a field without effect yet", () => {
  it("notify: the sync runs, and Ready names it", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { notify: { url: "https://notify.invalid/hook" } },
    });
    const { status } = await app.synced();
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    expect(readyMessage(status)).toContain("Not implemented yet, without effect: spec.notify");
  });
});

function requestsOf(name: string) {
  return world.git().requests.filter(({ repository }) => repository.startsWith(name));
}
