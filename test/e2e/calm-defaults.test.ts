/** A custom resource whose schema has defaults: what they fill in is not Git's, and only what Git declares is healed. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually, uniqueSuffix } from "../support/cluster";
import { becomes, closedRecords, edit, recordsOf } from "../support/hands";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const group = `calm-${uniqueSuffix()}.example`;
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: `widgets.${group}`,
};

const schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        size: { type: "integer" },
        colour: { type: "string", default: "blue" },
        limits: {
          type: "object",
          default: {},
          properties: {
            cpu: { type: "string", default: "500m" },
            memory: { type: "string", default: "1Gi" },
          },
        },
        ports: {
          type: "array",
          items: {
            type: "object",
            required: ["port"],
            properties: {
              port: { type: "integer" },
              protocol: { type: "string", default: "TCP" },
            },
          },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port"],
        },
      },
    },
  },
};

/** Minimal: all but size, one limit and one port comes from defaults. */
const declared = { size: 3, limits: { memory: "2Gi" }, ports: [{ port: 80 }] };
const filledIn = {
  size: 3,
  colour: "blue",
  limits: { cpu: "500m", memory: "2Gi" },
  ports: [{ port: 80, protocol: "TCP" }],
};

beforeAll(async () => {
  const { apiVersion, kind, name } = definition;
  const spec = {
    group,
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  };
  await admin.create({ apiVersion, kind, metadata: { name }, spec });
});

afterAll(() => admin.delete(definition));

interface Widget extends KubeObject {
  readonly spec: unknown;
}

async function start() {
  const content = { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "w" } };
  const files = { "w.yaml": JSON.stringify({ ...content, spec: declared }) };
  const app = await world.app({ files, spec: { interval: "1s" } });
  await app.synced();
  const ref = {
    apiVersion: content.apiVersion,
    kind: "Widget",
    namespace: app.namespace,
    name: "w",
  };
  const specOf = async () => (await admin.get<Widget>(ref)).spec;
  // the definition may be younger than the client's discovery
  await eventually(specOf, 10_000);
  const by = (spec: object) => edit(admin, ref, { manager: "kubectl-edit", body: { spec } });
  return { app, specOf, by };
}

/** Nothing of the app was written since the mark, and nothing is told of it. */
async function expectCalm(app: App, mark: number): Promise<void> {
  const { namespace } = app;
  const writes = (await world.writes(mark)).filter(request => request.namespace === namespace);
  expect(writes.map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([]);
  expect(await recordsOf(admin, namespace)).toEqual([]);
  expect((await app.resource()).status).toMatchObject({ phase: "Synced", driftCount: 0 });
}

describe.concurrent("a custom resource that leaves most to the defaults of its schema", () => {
  it("five seconds of polls: no write, no record, no drift", async () => {
    const { app, specOf } = await start();
    expect(await specOf()).toEqual(filledIn);
    const mark = await world.mark();
    await sleep(5_000);
    await expectCalm(app, mark);
  });

  it("an edit of what is filled in, also beside what is declared: stays, and is no drift", async () => {
    const { app, specOf, by } = await start();
    const mark = await world.mark();
    const edited = {
      colour: "red",
      limits: { cpu: "1" },
      ports: [{ port: 80, protocol: "UDP" }],
    };
    await by(edited);
    await sleep(3_000);
    await expectCalm(app, mark);
    expect(await specOf()).toEqual({
      ...filledIn,
      ...edited,
      limits: { cpu: "1", memory: "2Gi" },
    });
  });

  it("an edit of what is declared: healed, and what was filled in or edited beside it stays", async () => {
    const { app, specOf, by } = await start();
    await by({ colour: "red", size: 4, limits: { memory: "3Gi" } });
    await becomes(specOf, { ...filledIn, colour: "red" });
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ class: "manual_drift", decision: "healed" });
    const paths = closed.status.edits.flatMap(({ changes }) => changes.map(({ path }) => path));
    expect(paths.sort()).toEqual(["spec.limits.memory", "spec.size"]);
  });

  it("a declared field is removed by hand: Git's value again, not the default", async () => {
    const { app, specOf, by } = await start();
    await by({ limits: null });
    await becomes(specOf, filledIn);
    await closedRecords(admin, app.namespace);
  });
});
