/** Who scaled: the request is about a Scale, and no Deployment can carry its evidence. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { usePeople } from "../support/people";
import { isClosed, isNamed, recordAbout, recordsAbout, untilWho } from "../support/traces";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);
const { larry, ann } = people;

type Spec = Readonly<Record<string, unknown>>;
const byLarry = { by: "larry", groups: ["sre"], source: "admission" };

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 0
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, image: "api:1"}]}
`;

describe.concurrent("larry scales", () => {
  const changes = [{ path: "spec.replicas", from: "0", to: "1" }];
  const begin = (spec: Spec) =>
    people.app({
      files: { "api.yaml": deployment },
      spec,
      watches: { "deployments.apps": "api" },
    });
  const replicasOf = async (app: App) => {
    const found = await app.object("apps/v1", "Deployment", "api");
    return (found as unknown as { spec: { replicas: number } }).spec.replicas;
  };

  it("healPolicy auto: undone, and the record has his name", async () => {
    const app = await begin({});
    const { warnings } = await larry.types(app, ["scale", "deploy/api", "--replicas=1"]);
    expect(warnings[0]).toContain("spec.replicas is declared by GitRepository");
    const { status } = await recordAbout(world, app, "api", {
      fits: record => isClosed(record) && isNamed(record),
    });
    expect(status.decision).toBe("healed");
    expect(status.edits).toMatchObject([
      { ...byLarry, verb: "SCALE", manager: "kubectl", changes },
    ]);
    expect(await replicasOf(app)).toBe(0);
    await sleep(12_000);
    expect(await recordsAbout(world, app, "api")).toHaveLength(1);
  });

  it("healPolicy manual: it stays, and the status has his name; ann after him has hers", async () => {
    const app = await begin({ healPolicy: "manual" });
    await larry.types(app, ["scale", "deploy/api", "--replicas=1"]);
    await untilWho(app, "/api", "larry");
    await ann.types(app, ["scale", "deploy/api", "--replicas=2"]);
    const { status } = await recordAbout(world, app, "api", {
      fits: record => record.status.edits.length === 2 && isNamed(record),
    });
    expect(status.edits).toMatchObject([
      { ...byLarry, verb: "SCALE", changes },
      { by: "ann", verb: "SCALE", changes: [{ path: "spec.replicas", to: "2" }] },
    ]);
    await sleep(12_000);
    expect(await recordsAbout(world, app, "api")).toMatchObject([{ status: { state: "open" } }]);
  });

  it("to none at all, as in an emergency: his too", async () => {
    const text = deployment.replace("replicas: 0", "replicas: 2");
    const app = await people.app({
      files: { "api.yaml": text },
      spec: { healPolicy: "manual" },
      watches: { "deployments.apps": "api" },
    });
    await larry.types(app, ["scale", "deploy/api", "--replicas=0"]);
    const { status } = await recordAbout(world, app, "api", { fits: isNamed });
    const none = [{ path: "spec.replicas", from: "2", to: "0" }];
    expect(status.edits).toMatchObject([{ ...byLarry, verb: "SCALE", changes: none }]);
    await untilWho(app, "/api", "larry");
  });

  it("a dry run, and to the number that it has: nothing", async () => {
    const app = await begin({});
    await larry.types(app, ["scale", "deploy/api", "--replicas=3", "--dry-run=server"]);
    await larry.types(app, ["scale", "deploy/api", "--replicas=0"]);
    await sleep(3_000);
    expect(await recordsAbout(world, app, "api")).toEqual([]);
  });
});
