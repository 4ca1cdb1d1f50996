/** Who suspended an object, and until when: a restart of the watcher and a commit leave all of it as it is. */
import { describe, expect, it } from "vitest";
import type { ConfigMapObject } from "../support/drift";
import { usePeople } from "../support/people";
import { isClosed, recordAbout } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { larry, ...people } = usePeople(world);
const SUSPEND = "nopea.io/suspend-heal";

const start = () =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, watches: { configmaps: "a" } });
const live = (app: App) => app.object<ConfigMapObject>("v1", "ConfigMap", "a");
const suspendedOf = async (app: App) => {
  const { status } = await app.until(({ suspended = [] }) => suspended.length > 0);
  return status?.suspended;
};

describe("the watcher is restarted", () => {
  it("that, and a commit, leave all of it as it is", async () => {
    const app = await start();
    const metadata = { annotations: { [SUSPEND]: "2h" } };
    const hotfix = JSON.stringify({ metadata, data: { value: "hotfix" } });
    await larry.types(app, ["patch", "configmap", "a", "--type=merge", "-p", hotfix]);
    const before = (await live(app)).metadata.annotations;
    const [told] = (await suspendedOf(app)) ?? [];
    await world.nopea.watcher.restart();
    await app.push({ "a.yaml": configMap("a", "2") });
    await app.until(({ pending = [] }) => pending.length === 1, 20_000);
    expect((await live(app)).metadata.annotations).toEqual(before);
    expect((await app.resource()).status?.suspended).toEqual([told]);
    await larry.types(app, ["annotate", "configmap", "a", `${SUSPEND}-`]);
    await app.holds("a", "2");
    const closed = await recordAbout(world, app, "a", { fits: isClosed });
    expect(closed.status.edits).toMatchObject([{ by: "larry", source: "admission" }]);
  });
});
