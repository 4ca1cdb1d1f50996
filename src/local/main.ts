/** `npm start`: control plane, both Pepr processes, a repository, and an account of what happens to it. */
import { readArguments, usage, type StartOptions } from "./arguments";
import { buildModule } from "./build-module";
import { startControlPlane } from "./control-plane";
import { serveDemo } from "./demo-repository";
import { eventually } from "./eventually";
import { instructions } from "./instructions";
import { keepRunning } from "./keep-running";
import { createKubeClient, type KubeClient } from "./kube-client";
import { narrate } from "./narrate";
import { startNopea } from "./nopea";
import { projectRoot } from "./paths";
import { onSignal, type Stops } from "./stops";

/** Does what the arguments say; returns when everything runs or, with a message, when it can't. */
export async function main(args: readonly string[]): Promise<void> {
  const parsed = readArguments(args);
  if (parsed.want === "help") {
    console.log(usage);
    return;
  }
  if (parsed.want === "mend") {
    console.error(`${parsed.problem}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const stops = onSignal(say);
  try {
    await run(parsed.options, stops);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    await stops.stop(1);
  }
}

function say(line: string): void {
  console.log(line);
}

async function run(options: StartOptions, stops: Stops): Promise<void> {
  await buildModule(projectRoot, say);
  say("Starting etcd, kube-apiserver and kube-controller-manager …");
  const started = Date.now();
  const controlPlane = await startControlPlane({ say });
  stops.add(() => controlPlane.stop());
  for (const child of controlPlane.children) {
    void child.ended.then(sentence => stops.fail(`${sentence} (log: ${child.log})`));
  }
  say(`The control plane is up after ${seconds(started)} s. Starting nopea's two processes …`);
  const nopea = await startNopea({ controlPlane, env: ownSettings() });
  stops.add(() => nopea.stop());
  say(`Both are healthy after ${(nopea.startedInMs / 1_000).toFixed(1)} s.`);
  for (const target of [nopea.watcher, nopea.admission]) {
    void keepRunning(target, say, stops.signal);
  }
  const kube = createKubeClient(controlPlane.admin);
  stops.add(() => kube.close());
  const demoUrl =
    options.url === undefined ? await startDemo(controlPlane.dir, options, stops) : undefined;
  const { namespace } = options;
  const url = options.url ?? demoUrl ?? "";
  const name = nameOf(url);
  await createRepository(kube, { ...options, url }, name);
  void narrate(kube, say, stops.signal);
  const demo = demoUrl === undefined ? {} : { demoUrl };
  const { httpUrl, webhookSecret } = nopea;
  const webhook = { url: `${httpUrl}/webhook/${namespace}/${name}`, secret: webhookSecret };
  say(instructions({ controlPlane, namespace, name, webhook, ...demo }));
}

async function startDemo(directory: string, options: StartOptions, stops: Stops): Promise<string> {
  const demo = await serveDemo(directory, options.branch);
  stops.add(() => demo.server.stop());
  return demo.repository.url;
}

async function createRepository(
  kube: KubeClient,
  options: StartOptions & { readonly url: string },
  name: string,
): Promise<void> {
  const { namespace, url, branch, path, interval } = options;
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const repository = {
    apiVersion: "nopea.false.systems/v1alpha1",
    kind: "GitRepository",
    metadata: { namespace, name },
    spec: { url, branch, interval, ...(path === "" ? {} : { path }) },
  };
  // The watcher applies the CRD when it starts: it may be a moment before it is served.
  await eventually(() => kube.apply(repository), 30_000);
}

/** The last part of the URL, as a name that Kubernetes takes. */
function nameOf(url: string): string {
  const last = url.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const name = last
    .replace(/\.git$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "repository" : name.slice(0, 63);
}

function ownSettings(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[0].startsWith("NOPEA_")),
  );
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1_000).toFixed(1);
}
