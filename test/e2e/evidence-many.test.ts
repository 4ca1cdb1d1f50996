/** Two hundred edits at once over fifty objects: none is lost, and all of them have their names. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { recordsOf } from "../support/hands";
import { usePeople } from "../support/people";
import { configMap, useWorld } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);

describe("many edits at once, four of each object", () => {
  it.each([
    // of closed records the newest fifty are kept
    ["48, healPolicy auto: all is as in Git again, and all that was recorded is larry's", 12, {}],
    [
      "200, healPolicy manual: a record each, and the last value of each is told",
      50,
      { healPolicy: "manual" },
    ],
  ])("%s", async (_, objects, spec) => {
    const names = Array.from({ length: objects }, (_, at) => `map-${at}`);
    const files = Object.fromEntries(names.map(name => [`${name}.yaml`, configMap(name, "1")]));
    const app = await people.app({ files, spec, watches: { configmaps: "map-0" } });
    const { namespace } = app;
    const larry = world.cluster.as("larry", ["sre"]);
    const edits = names.flatMap(name => [1, 2, 3, 4].map(n => [name, `edit-${n}`] as const));
    await Promise.all(
      edits.map(([name, value]) =>
        larry.patch({ apiVersion: "v1", kind: "ConfigMap", namespace, name }, { data: { value } }),
      ),
    );
    const isHealed = !("healPolicy" in spec);
    await eventually(async () => {
      const records = await recordsOf(admin, namespace);
      const state = isHealed ? "closed" : "open";
      expect(new Set(records.map(({ status }) => status.state))).toEqual(new Set([state]));
      const told = new Set(records.map(({ spec: { object } }) => object.name));
      const missing = names.filter(name => !told.has(name));
      const values = await Promise.all(missing.map(async name => [name, await app.data(name)]));
      expect(values).toEqual([]);
      // between two edits of an object its record may be closed for a moment
      const all = await Promise.all(names.map(name => app.data(name)));
      const wanted = isHealed ? /^1$/ : /^edit-/;
      for (const data of all) expect(data?.value).toMatch(wanted);
      return true;
    }, 30_000);
    const records = await recordsOf(admin, namespace);
    const told = records.flatMap(({ status }) => status.edits);
    expect(new Set(told.map(({ by, source }) => `${by} ${source}`))).toEqual(
      new Set(["larry admission"]),
    );
    await app.until(({ driftCount }) => driftCount === (isHealed ? 0 : objects));
  });
});
