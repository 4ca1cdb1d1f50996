/** Who suspended an object, when, until when and why: stamped on the very request, and shown. */
import { describe, expect, it } from "vitest";
import { atOnce } from "../support/hands";
import { record } from "../support/recorder";
import type { ConfigMapObject } from "../support/drift";
import { usePeople } from "../support/people";
import { isClosed, marksOf, recordAbout, recordsAbout, untilUnmarked } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;
const SUSPEND = "nopea.io/suspend-heal";

const start = (spec: Readonly<Record<string, unknown>> = {}) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });
const live = (app: App) => app.object<ConfigMapObject>("v1", "ConfigMap", "a");
const annotate = (...annotations: readonly string[]) => [
  "annotate",
  "configmap",
  "a",
  ...annotations,
];
const edit = (value: string, annotations: object = {}) => [
  "patch",
  "configmap",
  "a",
  "--type=merge",
  "-p",
  JSON.stringify({ metadata: { annotations }, data: { value } }),
];
const textOf = async (app: App, name: string) => {
  const { metadata } = await live(app);
  return metadata.annotations?.[name];
};
const suspendedOf = async (app: App) => {
  const { status } = await app.until(({ suspended = [] }) => suspended.length > 0);
  return status?.suspended;
};
/** How far a time of the cluster's is from ours, in seconds. */
const secondsFrom = (began: number, text: string | undefined) =>
  (Date.parse(text ?? "") - began) / 1_000;

describe.concurrent("nopea.io/suspend-heal is set by larry", () => {
  it("true: by whom and since when stand beside it and in the status, with the reason", async () => {
    const app = await start();
    const began = Date.now();
    await larry.types(app, annotate(`${SUSPEND}=true`, `${SUSPEND}-reason=INC-4711`));
    expect(marksOf(await live(app))).toEqual([
      "nopea.io/seal",
      SUSPEND,
      `${SUSPEND}-at`,
      `${SUSPEND}-by`,
      `${SUSPEND}-reason`,
    ]);
    expect(await textOf(app, `${SUSPEND}-by`)).toBe("larry");
    const at = await textOf(app, `${SUSPEND}-at`);
    expect(Math.abs(secondsFrom(began, at))).toBeLessThan(10);
    expect(await suspendedOf(app)).toEqual([
      { object: `ConfigMap/${app.namespace}/a`, by: "larry", at, reason: "INC-4711" },
    ]);
    expect(await recordsAbout(world, app, "a")).toEqual([]);
  });

  it.each([
    ["4h", 4 * 3_600],
    ["90m", 90 * 60],
  ])("%s: until that long after", async (value, seconds) => {
    const app = await start();
    await larry.types(app, annotate(`${SUSPEND}=${value}`));
    const [at, until] = [await textOf(app, `${SUSPEND}-at`), await textOf(app, `${SUSPEND}-until`)];
    expect(secondsFrom(Date.parse(at ?? ""), until)).toBe(seconds);
    expect(await textOf(app, SUSPEND)).toBe(value);
    expect(await suspendedOf(app)).toEqual([
      { object: `ConfigMap/${app.namespace}/a`, by: "larry", at, until },
    ]);
  });

  it("a time: until then", async () => {
    const app = await start();
    const until = "2099-01-02T03:04:05Z";
    await larry.types(app, annotate(`${SUSPEND}=${until}`));
    expect(await textOf(app, `${SUSPEND}-until`)).toBe(until);
    expect(await suspendedOf(app)).toMatchObject([{ by: "larry", until }]);
  });

  it("in the very write that edits: the edit stays, and both have his name; removed: all of it goes", async () => {
    const app = await start();
    const seen = await record<ConfigMapObject>(admin, "v1", "ConfigMap", {
      namespace: app.namespace,
    });
    await larry.types(app, edit("hotfix", { [SUSPEND]: "true" }));
    const { status } = await app.until(({ drift = [] }) => drift.length > 0);
    expect(status?.drift).toMatchObject([{ who: "larry", decision: "suspended" }]);
    expect(status?.suspended).toMatchObject([{ by: "larry" }]);
    const { status: told } = await recordAbout(world, app, "a");
    expect(told).toMatchObject({ decision: "suspended", edits: [{ by: "larry", verb: "UPDATE" }] });
    await new Promise(resolve => setTimeout(resolve, 3_000));
    const values = new Set(seen.events.map(({ object }) => object.data?.value));
    expect(values).toEqual(new Set(["hotfix"]));
    await ann.types(app, annotate(`${SUSPEND}-`));
    const removed = await seen.until(
      ({ object }) => object.metadata.annotations?.[SUSPEND] === undefined,
    );
    const names = Object.keys(removed.object.metadata.annotations ?? {});
    expect(names.filter(name => name.startsWith(SUSPEND))).toEqual([]);
    const healed = await seen.until(({ object }) => object.data?.value === "1");
    expect(healed.at - removed.at).toBeLessThan(atOnce);
    await seen.stop();
    await untilUnmarked(() => live(app));
    const closed = await recordAbout(world, app, "a", { fits: isClosed });
    expect(closed.status).toMatchObject({ decision: "healed", edits: [{ by: "larry" }] });
    const { status: after } = await app.until(({ suspended = [] }) => suspended.length === 0);
    expect(after?.driftCount).toBe(0);
  });

  it("for seconds: over by itself, all of it goes, the edit is healed; and the same command works again", async () => {
    const app = await start();
    const began = performance.now();
    await larry.types(app, edit("hotfix", { [SUSPEND]: "8s", [`${SUSPEND}-reason`]: "INC-1" }));
    expect(await suspendedOf(app)).toMatchObject([{ by: "larry", reason: "INC-1" }]);
    await app.holds("a", "1", 20_000);
    expect(performance.now() - began).toBeGreaterThan(7_000);
    await untilUnmarked(() => live(app));
    await larry.types(app, edit("again", { [SUSPEND]: "1h" }));
    expect(await textOf(app, `${SUSPEND}-by`)).toBe("larry");
    expect(await suspendedOf(app)).toMatchObject([{ by: "larry" }]);
    expect(await app.data("a")).toEqual({ value: "again" });
  });

  it("for longer by ann: hers from then on; other edits of the object leave it as it is", async () => {
    const app = await start();
    await larry.types(app, annotate(`${SUSPEND}=1h`));
    await ann.types(app, edit("hotfix"));
    expect(await textOf(app, `${SUSPEND}-by`)).toBe("larry");
    await ann.types(app, annotate(`${SUSPEND}=8h`, "--overwrite"));
    expect(await textOf(app, `${SUSPEND}-by`)).toBe("ann");
    const until = await textOf(app, `${SUSPEND}-until`);
    await app.until(({ suspended = [] }) => suspended[0]?.until === until);
    const { status } = await app.resource();
    expect(status?.suspended).toMatchObject([{ by: "ann", until }]);
    await larry.types(app, ["label", "configmap", "a", "mine=1"]);
    expect(await textOf(app, `${SUSPEND}-by`)).toBe("ann");
    expect(await textOf(app, `${SUSPEND}-until`)).toBe(until);
    await larry.types(app, annotate(`${SUSPEND}=soon`, "--overwrite"));
    expect(await textOf(app, `${SUSPEND}-by`)).toBeUndefined();
    await app.holds("a", "1");
  });
});
