/** Branch and path: which tree of the Git repository is live. */
import { describe, expect, it } from "vitest";
import { conditionOf, configMap, useWorld } from "../support/world";

const world = useWorld();
const mark = "outside-of-the-tree";

describe.concurrent("spec.branch", () => {
  it("a branch that does not exist: named, the objects stay, and it is in within I + S of its push", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    await app.edit({ branch: "release/2" });
    await app.failed(/release\/2/);
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")?.reason).toBe("BranchNotFound");
    expect(status?.lastSyncedCommit).toBe(app.commit);
    expect(await app.data("a")).toEqual({ value: "1" });
    const commit = await app.push({ "a.yaml": configMap("a", "2") }, { branch: "release/2" });
    await app.synced(commit, 15_000);
    expect(await app.data("a")).toEqual({ value: "2" });
  });

  it("a force-push to a history that has nothing in common: in like every other commit", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await app.synced();
    const forced = await app.push({ "a.yaml": configMap("a", "forced") }, { parent: null });
    await app.synced(forced);
    expect(await app.data("a")).toEqual({ value: "forced" });
  });

  it("spec.url is edited: the other repository's tree is in", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const other = await world.git().create(`${app.namespace}/other`);
    const commit = await other.commit({ "a.yaml": configMap("a", "other") });
    await app.edit({ url: other.url });
    await app.synced(commit);
    expect(await app.data("a")).toEqual({ value: "other" });
  });
});

describe.concurrent("spec.path", () => {
  const files = {
    "root.yaml": configMap("root", "1"),
    "deploy/a.yaml": configMap("a", "1"),
    "deploy/deep/er/b.yml": configMap("b", "1"),
    "deploy/.hidden.yaml": configMap("hidden-file", "1"),
    "deploy/.git-stuff/c.yaml": configMap("hidden-folder", "1"),
    "deploy/README.md": "no manifest",
    "deployment/d.yaml": configMap("other-folder", "1"),
  };

  it.each(["deploy", "deploy/", "./deploy", "/deploy"])(
    "%s: the same directory, recursively, without what is hidden",
    async path => {
      const app = await world.app({ files, spec: { path } });
      const { status } = await app.synced();
      expect(status?.resources?.total).toBe(2);
      expect(await app.data("a")).toEqual({ value: "1" });
      expect(await app.data("b")).toEqual({ value: "1" });
    },
  );

  it("omitted: the root, recursively, without what is hidden", async () => {
    const app = await world.app({ files });
    const { status } = await app.synced();
    expect(status?.resources?.total).toBe(4);
  });

  it("a directory that is missing: named, the objects stay; it comes: in", async () => {
    const app = await world.app({ files, spec: { path: "deploy" } });
    await app.synced();
    await app.edit({ path: "later/on" });
    await app.failed(/later\/on/);
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")?.reason).toBe("PathNotFound");
    expect(await app.data("a")).toEqual({ value: "1" });
    const commit = await app.push({ "later/on/e.yaml": configMap("e", "1") });
    await app.synced(commit);
    const after = (await app.resource()).status?.resources;
    expect(after?.orphans).toEqual([
      `ConfigMap/${app.namespace}/a`,
      `ConfigMap/${app.namespace}/b`,
    ]);
  });

  it.each(["..", "../x", "deploy/../../x", "a/../b"])("%s: refused at admission", async path => {
    await expect(world.app({ files, spec: { path } })).rejects.toThrow(
      /spec\.path must stay inside the repository/,
    );
  });

  it("symbolic links that leave the tree: Failed, nothing of outside is read or written", async () => {
    for (const link of ["../../../../../../etc/hostname", "/etc/hostname", "../.."]) {
      const app = await world.app({
        files: {
          "deploy/a.yaml": configMap("a", "1"),
          "deploy/link.yaml": { link },
          [`${mark}.yaml`]: configMap(mark, "1"),
        },
        spec: { path: "deploy" },
      });
      await app.failed(/link\.yaml/);
      expect(await app.data("a")).toBeUndefined();
      expect(await app.data(mark)).toBeUndefined();
      await app.remove();
    }
  });

  it("a .nopeaignore: what it names is left out, in the root and in path", async () => {
    const app = await world.app({
      files: {
        ".nopeaignore": "deploy/chart/\n",
        "deploy/.nopeaignore": "*.draft.yaml\n",
        "deploy/a.yaml": configMap("a", "1"),
        "deploy/b.draft.yaml": "no: manifest\n",
        "deploy/chart/Chart.yaml": "name: chart\nversion: 1.0.0\n",
      },
      spec: { path: "deploy" },
    });
    const { status } = await app.synced();
    expect(status?.resources?.total).toBe(1);
  });
});
