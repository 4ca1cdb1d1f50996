/** DriftRecords are nopea's alone: what others change of them comes back; and the value of a Secret is in none. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { isClosed, recordAbout, recordsAbout } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { admin } = world.cluster;
const people = usePeople(world);
const { larry, ann } = people;

const start = () =>
  people.app({
    files: { "a.yaml": configMap("a", "1") },
    spec: { healPolicy: "manual" },
    watches: { configmaps: "a" },
  });
const patch = (body: object) => [
  "patch",
  "configmap",
  "a",
  "--type=merge",
  "-p",
  JSON.stringify(body),
];

describe.concurrent("a DriftRecord of an open episode", () => {
  const opened = async () => {
    const app = await start();
    await larry.types(app, patch({ data: { value: "2" } }));
    const found = await recordAbout(world, app, "a");
    await app.until(({ driftCount }) => driftCount === 1);
    return { app, found };
  };
  const restored = async (
    app: App,
    { metadata: { name }, status }: KubeObject & { status: object },
  ) => {
    await eventually(async () => {
      const [now] = await recordsAbout(world, app, "a");
      expect(now?.metadata.name).toBe(name);
      expect(now?.status).toEqual(status);
      return true;
    }, 8_000);
  };

  it("ann writes her own story into it: it is as it was within seconds", async () => {
    const { app, found } = await opened();
    const edits = found.status.edits.map(edit => ({ ...edit, by: "larry's boss" }));
    const body = JSON.stringify({ status: { edits, state: "closed", decision: "healed" } });
    const { name } = found.metadata;
    await ann.types(app, ["patch", "drift", name, "--type=merge", "-p", body]);
    await restored(app, found);
  });

  it("ann deletes it, and all others: it is back within seconds", async () => {
    const { app, found } = await opened();
    await ann.types(app, ["delete", "drift", "--all"]);
    await restored(app, found);
  });

  it("ann makes one up: nobody believes it", async () => {
    const { app, found } = await opened();
    const { namespace } = app;
    const metadata = {
      namespace,
      name: "01kf4x0000000000000000000a",
      labels: found.metadata.labels ?? {},
    };
    await admin.create({ ...found, metadata });
    await larry.types(app, patch({ data: { value: "1" } }));
    await app.until(({ driftCount }) => driftCount === 0);
    const { status } = await app.resource();
    expect(status?.drift ?? []).toEqual([]);
  });
});

describe.concurrent("the value of a Secret", () => {
  it.each(["data", "stringData"])(
    "edited through %s: who is told, what is not, anywhere",
    async field => {
      const planted = `planted-${field}-by-larry`;
      const inBase64 = Buffer.from(planted).toString("base64");
      const text = `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {value: from-git}}`;
      const app = await people.app({ files: { "a.yaml": text }, watches: { secrets: "a" } });
      const value = field === "data" ? inBase64 : planted;
      const body = JSON.stringify({ [field]: { value } });
      const answer = await larry.types(app, ["patch", "secret", "a", "--type=merge", "-p", body]);
      expect(answer.warnings[0]).toContain("data.value is declared by");
      const record = await recordAbout(world, app, "a", { fits: isClosed });
      expect(record.status.edits).toMatchObject([
        { by: "larry", changes: [{ path: "data.value", from: "(changed)", to: "(changed)" }] },
      ]);
      const { metadata } = await app.object("v1", "Secret", "a");
      const told = [
        answer.stderr,
        JSON.stringify([record, await app.resource(), metadata.annotations]),
      ];
      const logs = [await world.nopea.watcher.log(), await world.nopea.admission.log()];
      expect(logs[1]).toContain('"component":"nopea","msg":"start"');
      // Pepr would tell of every request, and of its answer
      expect(logs[1]).not.toMatch(/Processing (request|mutation)|Check response/);
      const all = [...told, ...logs].join("\n");
      const hidden = [planted, inBase64, "from-git", Buffer.from("from-git").toString("base64")];
      for (const secret of hidden) expect(all).not.toContain(secret);
    },
  );
});
