/** What happens in a cluster that people work in: edits, healing, break-glass, a new version in the middle of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../src/local/eventually";
import type { KubeClient } from "../../src/local/kube-client";
import { untilInstalled } from "../../src/local/rollout";
import { untilSeen, type App, type Episode } from "./app";
import { nopea, run } from "./programs";
import { measured, step } from "./steps";

const hotfix = (value: string) =>
  [
    "patch",
    "configmap",
    "settings",
    "--type=merge",
    "-p",
    `{"data":{"greeting":"${value}"}}`,
  ] as const;
const suspend = (value: string) =>
  ["annotate", "configmap", "settings", `nopea.io/suspend-heal${value}`, "--overwrite"] as const;

/** An edit is undone at once, and told with the name of whoever made it. */
export async function healed(app: App): Promise<void> {
  const git = await app.greeting();
  await untilSeen(app);
  await measured("an edit by larry is undone, and recorded with his name", async () => {
    const started = Date.now();
    await app.larry(...hotfix("by-hand"));
    await app.greets(git, 10_000);
    const took = Date.now() - started;
    await newest(app, episode => episode.decision === "healed");
    return `${took} ms from before kubectl started`;
  });
}

/** At 3 a.m.: what is suspended stays, and is healed when it is released. */
export async function breakGlass(app: App): Promise<void> {
  const git = await app.greeting();
  await step(
    "break-glass: a suspended object keeps its hotfix, also through a look at Git",
    async () => {
      await app.larry(...suspend("=true"));
      await app.larry(...hotfix("hotfix"));
      await nopea("-n", app.namespace, "sync", "app");
      await sleep(5_000);
      await app.greets("hotfix", 0);
      const { suspended = [] } = await app.status();
      if (suspended[0]?.by !== "larry") throw new Error(JSON.stringify(suspended));
    },
  );
  await step("nopea status and nopea drift tell of it", async () => {
    const told = await nopea("-n", app.namespace, "drift");
    if (!/settings +larry .*suspended/.test(told)) throw new Error(told);
    await nopea("-n", app.namespace, "status");
  });
  await step("released: healed", async () => {
    await app.larry(...suspend("-"));
    await app.greets(git, 30_000);
  });
}

/** A new version arrives while an edit waits: it is healed when its time has come, neither before nor much later. */
export async function redeployed(kube: KubeClient, app: App, graceMs: number): Promise<void> {
  const git = await app.greeting();
  await app.respec({ healGracePeriod: `${Math.ceil(graceMs / 1000)}s` });
  await untilSeen(app);
  const { until = "" } = await step("an edit waits for its grace period to end", async () => {
    await app.larry(...hotfix("waits"));
    return newest(app, episode => episode.decision === "waiting");
  });
  await step("npm run deploy again, meanwhile", () => run("npm", "run", "deploy"));
  await step("the new pods are ready", () => untilInstalled(kube));
  await measured("healed at the end of the grace period, still in larry's name", async () => {
    const deadline = Date.parse(until);
    while (Date.now() < deadline - 500) {
      await app.greets("waits", 0);
      await sleep(200);
    }
    await app.greets(git, 30_000);
    const late = Date.now() - deadline;
    await newest(app, episode => episode.decision === "healed");
    return `${(late / 1000).toFixed(1)} s after it`;
  });
  await app.respec({ healGracePeriod: null });
}

/** The newest episode, when it is larry's and as expected. */
function newest(app: App, isExpected: (episode: Episode) => boolean): Promise<Episode> {
  return eventually(
    async () => {
      const [episode] = await app.episodes();
      const [edit] = episode?.edits ?? [];
      if (episode && isExpected(episode) && edit?.by === "larry" && edit.source === "admission") {
        return episode;
      }
      throw new Error(JSON.stringify(episode));
    },
    30_000,
    200,
  );
}
