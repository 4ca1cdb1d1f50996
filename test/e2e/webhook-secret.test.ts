/** The secret of webhooks changes while nopea runs: it is everybody's, so no other test sends one meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { delivery, post } from "../support/webhooks";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const { httpUrl, webhookSecret: secret } = world.nopea;
const urlOf = ({ namespace, name }: App) => `${httpUrl}/webhook/${namespace}/${name}`;

/** A repository that is in, and looks at Git only when told. */
async function quietApp(): Promise<App> {
  const app = await world.app({
    files: { "a.yaml": configMap("a", "1") },
    spec: { interval: "1h" },
  });
  await app.synced();
  return app;
}

describe("the secret", () => {
  it("taken away: 500 and no look at Git; two of them: both work; without a restart", async () => {
    const ref = { apiVersion: "v1", kind: "Secret", namespace: "pepr-system", name: "nopea" };
    const { admin } = world.cluster;
    const set = (value: string) =>
      admin.patch(ref, { stringData: { NOPEA_WEBHOOK_SECRET: value } });
    /** Settings are read again every 30 s. */
    const slowly = { timeout: 40_000, interval: 1_000 };
    const app = await quietApp();
    const answerTo = async (key: string) =>
      (await post(urlOf(app), delivery("github/push", { secret: key, commit: app.commit }))).body;
    try {
      await set("");
      await expect
        .poll(() => answerTo(secret), slowly)
        .toMatchObject({
          error: "webhook_not_configured",
        });
      await sleep(2_000);
      const mark = await world.mark();
      const asked = world.git().requests.length;
      const push = delivery("github/push", { secret, commit: app.commit });
      expect((await post(urlOf(app), push)).status).toBe(500);
      await sleep(1_500);
      expect(world.git().requests.length).toBe(asked);
      const writes = await world.writes(mark);
      expect(writes.filter(({ namespace }) => namespace === app.namespace)).toEqual([]);
      await set(`, next ,${secret}`);
      await expect
        .poll(() => answerTo("next"), slowly)
        .toMatchObject({
          status: "received",
        });
      expect(await answerTo(secret)).toMatchObject({ status: "received" });
      expect(await answerTo("")).toMatchObject({ error: "invalid_signature" });
    } finally {
      await set(secret);
      await expect
        .poll(() => answerTo("next"), slowly)
        .toMatchObject({
          error: "invalid_signature",
        });
    }
  });
});
