/** Whose edit it was, where that is less plain: second editors, programs, impersonation; and what leaves nothing behind. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startAdmissionWebhook } from "../support/admission-webhook";
import { eventually, uniqueSuffix } from "../support/cluster";
import { usePeople, type Person } from "../support/people";
import { isClosed, marksOf, recordAbout, recordsAbout, stampOf, untilWho } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;

const patch = (value: string) =>
  ["patch", "configmap", "a", "--type=merge", "-p", JSON.stringify({ data: { value } })] as const;

const start = (spec: Readonly<Record<string, unknown>> = {}) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });
const live = (app: App) => app.object("v1", "ConfigMap", "a");

const hidden = [{ path: "data.value", from: "(changed)", to: "(changed)" }];

describe.concurrent("an edit is told of whoever the API server says it is", () => {
  it.each([
    ["a grace period", { healGracePeriod: "1h" }],
    ["healPolicy manual", { healPolicy: "manual" }],
  ])("%s: a second editor of the same field is named too", async (_, spec) => {
    const app = await start(spec);
    await larry.types(app, patch("2"));
    await untilWho(app, "/a", "larry");
    await ann.types(app, patch("3"));
    expect(stampOf(await live(app)).map(({ by }) => by)).toEqual(["larry", "ann"]);
    const { status } = await recordAbout(world, app, "a", {
      fits: ({ status: { edits } }) => edits.length === 2,
    });
    expect(status.edits).toMatchObject([
      { by: "larry", groups: ["sre"], source: "admission", changes: hidden },
      { by: "ann", groups: ["dev"], source: "admission", changes: hidden },
    ]);
    expect(await recordsAbout(world, app, "a")).toHaveLength(1);
  });

  it("a second editor of another field: both, each with what was theirs", async () => {
    const text = JSON.stringify({
      ...JSON.parse(configMap("a", "1")),
      data: { one: "1", two: "2" },
    });
    const app = await people.app({
      files: { "a.yaml": text },
      spec: { healPolicy: "manual" },
      watches: { configmaps: "a" },
    });
    const change = (data: object) => patch("").with(-1, JSON.stringify({ data }));
    await larry.types(app, change({ one: "x" }));
    await ann.types(app, change({ two: null }));
    const { status } = await recordAbout(world, app, "a", {
      fits: ({ status: { edits } }) => edits.length === 2,
    });
    expect(status.edits).toMatchObject([
      { by: "larry", changes: [{ path: "data.one" }] },
      { by: "ann", changes: [{ path: "data.two", from: "(changed)" }] },
    ]);
    expect(status.edits[1]?.changes[0]).not.toHaveProperty("to");
  });

  it("an edit that is undone by the next one: the record tells of it, and the object carries nothing", async () => {
    const app = await people.app({
      files: {
        "a.yaml": configMap("a", "1").replace('"name":"a"', '"name":"a","labels":{"tier":"web"}'),
      },
      spec: { healPolicy: "manual" },
      watches: { configmaps: "a" },
    });
    const label = (tier: string) => ["label", "configmap", "a", `tier=${tier}`, "--overwrite"];
    await larry.types(app, label("db"));
    await untilWho(app, "/a", "larry");
    await ann.types(app, label("web"));
    expect(marksOf(await live(app))).toEqual([]);
    const { status } = await recordAbout(world, app, "a", { fits: isClosed });
    expect(status).toMatchObject({ decision: "undone", edits: [{ by: "larry" }] });
  });

  it("an impersonated user, not whoever impersonates", async () => {
    const app = await start({ healPolicy: "manual" });
    const boss: Person = people.person("boss", ["system:masters"]);
    await boss.types(app, [...patch("2"), "--as=carol", "--as-group=ops", "--as-group=sre"]);
    const { status } = await recordAbout(world, app, "a");
    expect(status.edits).toMatchObject([{ by: "carol", source: "admission" }]);
    expect(status.edits[0]?.groups).toEqual(["ops", "sre"]);
  });

  it("a program, by its service account", async () => {
    const app = await start({ healPolicy: "manual" });
    const robot = await people.account(app.namespace, "robot");
    await robot.types(app, [...patch("2"), "--field-manager=robot"]);
    const { status } = await recordAbout(world, app, "a");
    expect(status.edits).toMatchObject([
      {
        by: `system:serviceaccount:${app.namespace}:robot`,
        manager: "robot",
        source: "admission",
        groups: ["system:serviceaccounts", `system:serviceaccounts:${app.namespace}`],
      },
    ]);
  });

  it("an object of a kind that the same repository brings", async () => {
    const kinds = `widgets${uniqueSuffix()}`;
    const version = {
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: { spec: { type: "object", properties: { size: { type: "integer" } } } },
        },
      },
    };
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${kinds}.people.example` },
      spec: {
        group: "people.example",
        scope: "Namespaced",
        names: { plural: kinds, singular: kinds.slice(1), kind: `Widget${kinds}` },
        versions: [version],
      },
    };
    const object = {
      apiVersion: "people.example/v1",
      kind: crd.spec.names.kind,
      metadata: { name: "w" },
      spec: { size: 1 },
    };
    const app = await people.app({
      files: { "crd.yaml": JSON.stringify(crd), "w.yaml": JSON.stringify(object) },
      spec: { healPolicy: "manual" },
      watches: { [`${kinds}.people.example`]: "w" },
    });
    const body = '{"spec":{"size":7}}';
    const { warnings } = await larry.types(app, ["patch", kinds, "w", "--type=merge", "-p", body]);
    expect(warnings[0]).toContain(`spec.size is declared by GitRepository ${app.namespace}/app: `);
    const { status } = await recordAbout(world, app, "w");
    expect(status.edits).toMatchObject([
      { by: "larry", changes: [{ path: "spec.size", from: "1", to: "7" }] },
    ]);
    await app.remove();
    await admin.delete({ ...crd, name: crd.metadata.name });
  });
});

describe.concurrent("no evidence of what did not happen, and none of what is nobody's edit", () => {
  const expectNone = async (app: App) => {
    await sleep(3_000);
    expect(marksOf(await live(app))).toEqual([]);
    expect(await recordsAbout(world, app, "a")).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
  };

  it("a dry run", async () => {
    const app = await start({ healPolicy: "manual" });
    await larry.types(app, [...patch("2"), "--dry-run=server"]);
    await expectNone(app);
  });

  it("what larry may not, what is not valid, what another hook makes invalid after ours", async () => {
    const app = await start({ healPolicy: "manual" });
    const nobody = people.person("nobody", []);
    expect(await nobody.tries(app, patch("2"))).toMatchObject({ code: 1 });
    const invalid = '{"data":{"value":"2","not a key":"x"}}';
    expect(await larry.tries(app, patch("").with(-1, invalid))).toMatchObject({ code: 1 });
    const { namespace } = app;
    const hook = await startAdmissionWebhook(admin, { namespace, resource: "configmaps" }, () => [
      { op: "add", path: "/data/not a key", value: "x" },
    ]);
    await eventually(async () => {
      await larry.tries(app, [...patch("2"), "--dry-run=server"]);
      return hook.requests.length > 0;
    }, 10_000);
    const refused = await larry.tries(app, patch("2"));
    await hook.stop();
    expect(refused.code).toBe(1);
    // ours had stamped it before
    const seen = hook.requests.map(object => marksOf(object));
    expect(seen).toContainEqual(["nopea.io/manual-edit", "nopea.io/seal"]);
    await expectNone(app);
  });

  it("the same value again, what Git does not declare, and nopea's own writes", async () => {
    const app = await start({ healPolicy: "manual" });
    await larry.types(app, patch("1"));
    await larry.types(app, ["annotate", "configmap", "a", "mine=1"]);
    await app.synced(await app.push({ "a.yaml": configMap("a", "2") }));
    await expectNone(app);
    expect(await app.data("a")).toEqual({ value: "2" });
  });
});
