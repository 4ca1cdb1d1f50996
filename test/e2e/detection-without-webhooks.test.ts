/** Edits are found by watching alone: without any webhook, and without a commit. */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../support/cluster";
import { handsOn } from "../support/drift";
import { configMap, useWorld, type AppOptions } from "../support/world";

const world = useWorld();
/** Two intervals of 5 s and the slack of another. */
const limitMs = 2 * 5_000 + 5_000;

async function start(options: AppOptions = {}) {
  const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
  const app = await world.app({ files, ...options });
  return { app, hands: handsOn(world, app) };
}

async function withoutWebhooks(work: () => Promise<void>): Promise<void> {
  const { admin } = world.cluster;
  const kinds = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
  const api = "admissionregistration.k8s.io/v1";
  const found = await Promise.all(kinds.map(kind => admin.list<KubeObject>(api, kind)));
  const ours = found.flat().filter(({ metadata }) => metadata.name.includes("nopea"));
  expect(ours).not.toEqual([]);
  const refOf = ({ apiVersion, kind, metadata: { name } }: KubeObject) => ({
    apiVersion,
    kind,
    name,
  });
  await Promise.all(ours.map(object => admin.delete(refOf(object))));
  try {
    await work();
  } finally {
    for (const { metadata, ...object } of ours) {
      const { name, labels = {} } = metadata;
      // nopea makes another one meanwhile, perhaps
      await eventually(async () => {
        await admin.delete(refOf({ ...object, metadata }));
        return admin.create({ ...object, metadata: { name, labels } });
      }, 10_000);
    }
  }
}

describe("no webhook at all", () => {
  it("an edit, a deletion and a second edit, and no commit: each found within two intervals, and shown", async () => {
    await withoutWebhooks(async () => {
      const { app, hands } = await start({ spec: { healPolicy: "manual" } });
      await app.synced();
      await hands.set("a", "by hand");
      await hands.shown("a", "left", limitMs);
      await hands.remove("b");
      await hands.shown("b", "left", limitMs);
      await app.edit({ healPolicy: "auto" });
      await app.holds("a", "1", limitMs);
      await app.holds("b", "1", limitMs);
      await hands.set("a", "by hand again");
      await app.holds("a", "1", limitMs);
      await app.until(({ driftCount = 0 }) => driftCount === 0, limitMs);
    });
  });
});
