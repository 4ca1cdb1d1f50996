/** Evidence that somebody else writes is worth nothing: what only nopea may write is as it was before. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import type { ConfigMapObject } from "../support/drift";
import { usePeople } from "../support/people";
import { marksOf, recordAbout, recordsAbout, stampOf, untilWho } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;
const SUSPEND = "nopea.io/suspend-heal";

type Spec = Readonly<Record<string, unknown>>;
const start = (spec: Spec = { healPolicy: "manual" }) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });
const live = (app: App) => app.object<ConfigMapObject>("v1", "ConfigMap", "a");
const patch = (body: object) => [
  "patch",
  "configmap",
  "a",
  "--type=merge",
  "-p",
  JSON.stringify(body),
];
const ownOf = ({ metadata: { labels = {}, annotations = {} } }: KubeObject) =>
  Object.fromEntries(
    Object.entries({ ...labels, ...annotations }).filter(([name]) => name.startsWith("nopea.io/")),
  );

const lie = JSON.stringify([
  {
    id: "01kf4x0000000000000000000",
    by: "ann",
    groups: ["dev"],
    at: "2020-01-01T00:00:00Z",
    verb: "UPDATE",
    source: "admission",
    changes: [{ path: "data.value", from: "1", to: "2" }],
  },
]);

const forgeries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nopea.io/manual-edit": { "nopea.io/manual-edit": lie },
  "a stamp with a seal": { "nopea.io/manual-edit": lie, "nopea.io/seal": "0".repeat(64) },
  "suspend-heal-by": { [`${SUSPEND}-by`]: "ann" },
  "suspend-heal with all that belongs to it": {
    [SUSPEND]: "true",
    [`${SUSPEND}-by`]: "ann",
    [`${SUSPEND}-at`]: "2020-01-01T00:00:00Z",
    "nopea.io/seal": "0".repeat(64),
  },
  "nopea.io/applied": { "nopea.io/applied": `v1:${"0".repeat(64)}@${"0".repeat(40)}` },
};

describe.concurrent("larry writes what only nopea may", () => {
  it.each(Object.entries(forgeries))("%s: it is as it was before", async (_, annotations) => {
    const app = await start();
    const before = ownOf(await live(app));
    const { warnings } = await larry.types(app, patch({ metadata: { annotations } }));
    expect(warnings[0]).toContain("were kept as they were");
    expect(ownOf(await live(app))).toEqual(before);
    const { status } = await app.resource();
    expect(status?.suspended ?? []).toEqual([]);
    expect(await recordsAbout(world, app, "a")).toEqual([]);
  });

  it.each(Object.entries(forgeries))(
    "%s, with an edit: that is told with his name",
    async (_, annotations) => {
      const app = await start();
      const before = ownOf(await live(app));
      await larry.types(app, patch({ metadata: { annotations }, data: { value: "2" } }));
      const after = await live(app);
      expect(stampOf(after)).toMatchObject([{ by: "larry", groups: ["sre"] }]);
      expect(ownOf(after)).toMatchObject(before);
      expect(marksOf(after)).toEqual(["nopea.io/manual-edit", "nopea.io/seal"]);
      const { status } = await recordAbout(world, app, "a");
      expect(status.edits).toMatchObject([{ by: "larry", source: "admission" }]);
      expect(Date.parse(status.since)).toBeGreaterThan(Date.parse("2021-01-01T00:00:00Z"));
    },
  );

  it("over the evidence of ann's edit, or takes it off: it stays", async () => {
    const app = await start();
    await ann.types(app, patch({ data: { value: "2" } }));
    const before = ownOf(await live(app));
    for (const text of [lie.replace('"ann"', '"larry"'), null]) {
      const annotations = { "nopea.io/manual-edit": text };
      await larry.types(app, patch({ metadata: { annotations } }));
      expect(ownOf(await live(app))).toEqual(before);
    }
    await larry.types(app, patch({ metadata: { annotations: { "nopea.io/seal": null } } }));
    expect(ownOf(await live(app))).toEqual(before);
    await untilWho(app, "/a", "ann");
  });

  it("labels: another repository, another namespace, none: as they were, and he is told", async () => {
    const app = await start();
    const before = ownOf(await live(app));
    for (const label of ["nopea.io/repository=other", "nopea.io/repository-"]) {
      const { warnings } = await larry.types(app, [
        "label",
        "configmap",
        "a",
        label,
        "--overwrite",
      ]);
      expect(warnings[0]).toContain("nopea.io labels were kept as they were");
      expect(ownOf(await live(app))).toEqual(before);
    }
  });

  it("labels onto an object of his own: they are left out, and it is nobody's orphan", async () => {
    const app = await start({});
    const labels = (await live(app)).metadata.labels ?? {};
    const { namespace } = app;
    const mine = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace, name: "mine", labels },
    };
    const input = JSON.stringify(mine);
    const { warnings } = await larry.types(app, ["create", "-f", "-"], { input });
    expect(warnings[0]).toContain("were left out");
    const found = await admin.get({ ...mine, ...mine.metadata });
    expect(ownOf(found)).toEqual({});
    await app.synced(await app.push({ "b.yaml": configMap("b", "1") }));
    expect((await app.resource()).status?.resources).toMatchObject({ total: 2, orphanCount: 0 });
  });
});
