/** `npm run test:cluster`: installs nopea as users do into the cluster of the current kubeconfig, lives with it and leaves. */
import { parseArgs } from "node:util";
import { currentAccess } from "../../src/local/current-access";
import { eventually } from "../../src/local/eventually";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import { untilInstalled } from "../../src/local/rollout";
import { NAMESPACE, openApp, refused, type App } from "./app";
import { ways, type Way } from "./installations";
import { inventory, untilAsBefore } from "./leftovers";
import { thousand } from "./load";
import { breakGlass, healed, redeployed } from "./night";
import { servePods, type PodGit } from "./pod-git";
import { kubectl, nopea, run } from "./programs";
import { closing, measured, skip, step } from "./steps";

const { values: options } = parseArgs({ options: { only: { type: "string" } } });

async function main(): Promise<void> {
  const kube = createKubeClient(await currentAccess());
  console.log(`Cluster ${kube.access.url}`);
  await step("npm run build:cli", () => run("npm", "run", "build:cli"));
  await removeNamespace(kube);
  await nopea("uninstall", "--yes");
  await untilNothingEnds(kube);
  const git = await step("a Git server runs where pods reach it", () => servePods(kube));
  try {
    const wanted = ways.filter(({ name }) => name.includes(options.only ?? ""));
    for (const way of wanted) await liveWhereItCan(kube, git, way);
  } finally {
    git.stop();
    await kube.close();
  }
}

async function liveWhereItCan(kube: KubeClient, git: PodGit, way: Way): Promise<void> {
  const why = way.missing?.();
  if (why === undefined) await live(kube, git, way);
  else skip(way.name, why);
}

/** From a cluster without nopea to a cluster without nopea. */
async function live(kube: KubeClient, git: PodGit, way: Way): Promise<void> {
  console.log(`\n${way.name}`);
  const before = await inventory();
  const started = Date.now();
  await step("installed", () => way.install());
  const installMs = Date.now() - started;
  await step("pods are ready, definitions Established, webhook configurations there", () =>
    untilInstalled(kube),
  );
  const app = await step("a GitRepository becomes Synced", async () =>
    openApp(kube, await git.create(`app-${Date.now()}`)),
  );
  await step("its objects are there, with the commit's content", () => app.greets("first", 0));
  await step("a GitRepository without url is refused, with words that help", () => refused(kube));
  await becomesLive(app, "second");
  await healed(app);
  if (way === ways[0]) await night(kube, git, app, installMs);
  await way.live?.(app);
  await leave(kube, app, way, before);
}

async function night(kube: KubeClient, git: PodGit, app: App, installMs: number): Promise<void> {
  await step("nopea doctor has nothing to complain about", () => nopea("doctor"));
  await breakGlass(app);
  await measured("a thousand ConfigMaps", async () =>
    thousand(kube, await git.create(`many-${Date.now()}`)),
  );
  await redeployed(kube, app, installMs + 60_000);
  await becomesLive(app, "third");
}

async function becomesLive(app: App, greeting: string): Promise<void> {
  await step("a commit becomes live", async () => {
    await app.synced(await app.commit(greeting));
    await app.greets(greeting, 0);
  });
}

async function leave(
  kube: KubeClient,
  app: App,
  way: Way,
  before: readonly string[],
): Promise<void> {
  const greeting = await app.greeting();
  await step("uninstalled", () => way.uninstall());
  await step("what it applied is as it was, and can be edited and deleted", async () => {
    await app.greets(greeting, 0);
    await app.larry("label", "configmap", "settings", "edited=yes");
    await app.larry("delete", "configmap", "settings");
  });
  await removeNamespace(kube);
  await step("nothing is left behind", () => untilAsBefore(before));
}

/** What is about to go would be missed afterwards. */
async function untilNothingEnds(kube: KubeClient): Promise<void> {
  await eventually(
    async () => {
      const spaces = await kube.list("v1", "Namespace");
      return spaces.every(({ metadata }) => metadata.deletionTimestamp === undefined);
    },
    120_000,
    500,
  );
}

async function removeNamespace(kube: KubeClient): Promise<void> {
  await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found");
  const ref = { apiVersion: "v1", kind: "Namespace", name: NAMESPACE };
  await eventually(async () => (await kube.find(ref)) === undefined, 120_000, 500);
}

main().then(
  () => console.log(closing(0)),
  (error: unknown) => {
    console.error(error);
    console.log(closing(1));
    process.exitCode = 1;
  },
);
