/** Fields that are left to others: replicas that an autoscaler wrote, and whatever nopea.io/ignore names. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { uniqueSuffix } from "../support/cluster";
import {
  autoscalerAccount,
  becomes,
  closedRecords,
  edit,
  recordsOf,
  scale,
  valuesOf,
} from "../support/hands";
import { record } from "../support/recorder";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
  };
}

interface Options {
  readonly replicas?: number;
  readonly image?: string;
  readonly ignore?: string;
}

const deployment = ({ replicas, image = "registry.invalid/api:1", ignore }: Options) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "api",
      ...(ignore === undefined ? {} : { annotations: { "nopea.io/ignore": ignore } }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { containers: [{ name: "api", image }] },
      },
    },
  });

const refOf = ({ namespace }: Pick<App, "namespace">): ObjectRef => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace,
  name: "api",
});
const replicasOf = ({ spec }: Deployment) => spec.replicas;
const imageOf = ({ spec }: Deployment) => spec.template.spec.containers[0]?.image;
const live = (app: App) => admin.get<Deployment>(refOf(app));
const recorded = ({ namespace }: App) =>
  record<Deployment>(admin, "apps/v1", "Deployment", { namespace });
const start = async (options: Options, spec: object = {}) => {
  const app = await world.app({
    files: { "d.yaml": deployment(options) },
    spec: { interval: "1s", ...spec },
  });
  await app.synced();
  return app;
};

const autoscaler = "kube-controller-manager";
const robot = world.cluster.as(...autoscalerAccount);

describe.concurrent("replicas that an autoscaler wrote", () => {
  it("held through polls and commits, also one that changes replicas; no record, no drift", async () => {
    const app = await start({ replicas: 2 });
    const deployments = await recorded(app);
    await scale(robot, refOf(app), 5, autoscaler);
    await sleep(2_500);
    await app.synced(await app.push({ "d.yaml": deployment({ replicas: 2, image: "x:2" }) }));
    expect(imageOf(await live(app))).toBe("x:2");
    await app.synced(await app.push({ "d.yaml": deployment({ replicas: 3, image: "x:3" }) }));
    expect(imageOf(await live(app))).toBe("x:3");
    await scale(robot, refOf(app), 7, autoscaler);
    await app.synced(await app.push({ "d.yaml": deployment({ replicas: 3, image: "x:4" }) }));
    await sleep(1_500);
    await deployments.stop();
    const seen = valuesOf(deployments, "api", replicasOf);
    expect(seen.slice(seen.indexOf(5))).toEqual([5, 7]);
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ driftCount: 0, phase: "Synced" });
    const { stdout } = await world.cluster.kubectl([
      ...["-n", app.namespace, "get", "events", "--field-selector", "reason=HealSkipped"],
      ...["-o", "jsonpath={range .items[*]}{.involvedObject.kind} {.message}|{end}"],
    ]);
    expect(stdout.split("|").filter(line => line.startsWith("Deployment"))).toEqual([
      "Deployment spec.replicas stays: an autoscaler set it",
    ]);
  });

  it("an edit of the image beside them: healed, and the replicas stay", async () => {
    const app = await start({ replicas: 2 });
    const deployments = await recorded(app);
    await scale(robot, refOf(app), 5, autoscaler);
    const body = [
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: "hand:1" },
    ];
    await edit(admin, refOf(app), { manager: "kubectl-edit", body });
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status.edits).toMatchObject([
      { changes: [{ path: "spec.template.spec.containers[name=api].image" }] },
    ]);
    await deployments.stop();
    const seen = valuesOf(deployments, "api", replicasOf);
    expect(seen.slice(seen.indexOf(5))).toEqual([5]);
    expect(imageOf(await live(app))).toBe("registry.invalid/api:1");
  });

  it("a person scales after the autoscaler: Git's value again", async () => {
    const app = await start({ replicas: 2 });
    await scale(robot, refOf(app), 5, autoscaler);
    await sleep(1_000);
    const { code } = await world.cluster.kubectl([
      "-n",
      app.namespace,
      "scale",
      "deploy/api",
      "--replicas=4",
    ]);
    expect(code).toBe(0);
    const [closed] = await closedRecords(admin, app.namespace);
    expect(closed.status).toMatchObject({ decision: "healed", edits: [{ verb: "SCALE" }] });
    expect(replicasOf(await live(app))).toBe(2);
  });

  it("replicas that Git does not declare: nobody's business, whoever scales", async () => {
    const app = await start({});
    await world.cluster.kubectl(["-n", app.namespace, "scale", "deploy/api", "--replicas=4"]);
    await sleep(1_000);
    await app.synced(await app.push({ "d.yaml": deployment({ image: "x:2" }) }));
    expect(replicasOf(await live(app))).toBe(4);
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
  });
});

describe.concurrent("nopea.io/ignore", () => {
  const ignore = "spec.replicas";

  it("set when the object is made, then left to others, through polls and commits", async () => {
    const app = await start({ replicas: 2, ignore });
    expect(replicasOf(await live(app))).toBe(2);
    const deployments = await recorded(app);
    await edit(admin, refOf(app), { manager: "kubectl-edit", body: { spec: { replicas: 6 } } });
    await sleep(2_500);
    await app.synced(
      await app.push({ "d.yaml": deployment({ replicas: 2, image: "x:2", ignore }) }),
    );
    await app.synced(
      await app.push({ "d.yaml": deployment({ replicas: 3, image: "x:3", ignore }) }),
    );
    expect(imageOf(await live(app))).toBe("x:3");
    expect(await recordsOf(admin, app.namespace)).toEqual([]);
    expect((await app.resource()).status).toMatchObject({ driftCount: 0 });
    await deployments.stop();
    const seen = valuesOf(deployments, "api", replicasOf);
    expect(seen.slice(seen.indexOf(6))).toEqual([6]);

    // Git no longer leaves it to others
    await app.synced(await app.push({ "d.yaml": deployment({ replicas: 3, image: "x:3" }) }));
    await becomes(async () => replicasOf(await live(app)), 3);
  });

  it("an object that kubectl had made: adopted with the live value", async () => {
    const namespace = await world.cluster.createNamespace("ignore");
    const input = deployment({ replicas: 7, image: "old:1" });
    const made = await world.cluster.kubectl(["-n", namespace, "create", "-f", "-"], { input });
    expect(made.code, made.stderr).toBe(0);
    const deployments = await record<Deployment>(admin, "apps/v1", "Deployment", { namespace });
    const files = { "d.yaml": deployment({ replicas: 2, image: "x:1", ignore }) };
    const app = await world.app({ namespace, files, spec: { interval: "1s" } });
    await app.synced();
    await sleep(1_500);
    expect(imageOf(await live(app))).toBe("x:1");
    await app.synced(
      await app.push({ "d.yaml": deployment({ replicas: 2, image: "x:2", ignore }) }),
    );
    await deployments.stop();
    expect(valuesOf(deployments, "api", replicasOf)).toEqual([7]);
    expect(await recordsOf(admin, namespace)).toEqual([]);
  });

  it("healPolicy manual: the ignored field is no drift, the one beside it is", async () => {
    const app = await start({ replicas: 2, ignore }, { healPolicy: "manual" });
    const body = [
      { op: "replace", path: "/spec/replicas", value: 6 },
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: "hand:1" },
    ];
    await edit(admin, refOf(app), { manager: "kubectl-edit", body });
    const { status } = await app.until(({ driftCount }) => driftCount === 1);
    expect(status?.drift).toMatchObject([
      { fields: ["spec.template.spec.containers[name=api].image"] },
    ]);
    await app.edit({ healPolicy: "auto" });
    await closedRecords(admin, app.namespace);
    const after = await live(app);
    expect([replicasOf(after), imageOf(after)]).toEqual([6, "registry.invalid/api:1"]);
  });

  it("a field of each item (webhooks[].clientConfig.caBundle): what an injector writes stays", async () => {
    const name = `nopea-ignore-${uniqueSuffix()}`;
    const configuration = (path: string) =>
      JSON.stringify({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: {
          name,
          annotations: { "nopea.io/ignore": "webhooks[].clientConfig.caBundle" },
        },
        webhooks: [
          {
            name: "a.nopea.example",
            clientConfig: { caBundle: "Cg==", service: { namespace: "none", name: "none", path } },
            rules: [
              {
                apiGroups: ["none.example"],
                apiVersions: ["v1"],
                resources: ["nones"],
                operations: ["CREATE"],
              },
            ],
            failurePolicy: "Ignore",
            admissionReviewVersions: ["v1"],
            sideEffects: "None",
          },
        ],
      });
    const app = await world.app({
      files: { "w.yaml": configuration("/1") },
      spec: { interval: "1s" },
    });
    const { apiVersion, kind } = JSON.parse(configuration("")) as KubeObject;
    const ref = { apiVersion, kind, name };
    try {
      await app.synced();
      const cert = Buffer.from(world.cluster.adminAccess.ca).toString("base64");
      const body = [{ op: "replace", path: "/webhooks/0/clientConfig/caBundle", value: cert }];
      await edit(admin, ref, { manager: "cainjector", body });
      await sleep(2_000);
      await app.synced(await app.push({ "w.yaml": configuration("/2") }));
      expect(await admin.get(ref)).toMatchObject({
        webhooks: [{ clientConfig: { caBundle: cert, service: { path: "/2" } } }],
      });
      expect(await recordsOf(admin, app.namespace)).toEqual([]);
    } finally {
      await app.remove();
      await admin.delete(ref);
    }
  });
});
