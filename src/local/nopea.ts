/** Both Pepr processes on a local control plane, as in a cluster: built module, TLS, ServiceAccount token, RBAC. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeKubeconfig } from "./access";
import type { ControlPlane } from "./control-plane";
import { eventually } from "./eventually";
import { bareEnvironment } from "./environment";
import { createKubeClient } from "./kube-client";
import { projectRoot } from "./paths";
import {
  peprName,
  peprNamespace,
  peprStoreCrd,
  readPeprManifest,
  type PeprManifest,
} from "./pepr-manifest";
import { startPeprProcess, type PeprProcess } from "./pepr-process";
import { freePorts } from "./ports";

export interface NopeaOptions {
  readonly controlPlane: ControlPlane;
  /** Added to the environment of both processes, and winning over all but the ports. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where dist/ and package.json are; default: this project. */
  readonly root?: string;
}

export interface Nopea {
  readonly watcher: PeprProcess;
  readonly admission: PeprProcess;
  /** The watcher's own HTTP port: webhooks, health, metrics. */
  readonly httpUrl: string;
  /** What webhooks must be signed with; NOPEA_WEBHOOK_SECRET of `env` wins. */
  readonly webhookSecret: string;
  /** From the manifest's first object to both processes healthy. */
  readonly startedInMs: number;
  stop(): Promise<void>;
}

/** Applies the built manifest and starts watcher and admission; returns when both are healthy. */
export async function startNopea(options: NopeaOptions): Promise<Nopea> {
  const { controlPlane } = options;
  const root = options.root ?? projectRoot;
  const started = Date.now();
  const [admissionPort = 0, watcherPort = 0, httpPort = 0, unusedPort = 0] = await freePorts(4);
  const manifest = await readPeprManifest(root, admissionPort);
  const webhookSecret = randomBytes(20).toString("hex");
  await install(controlPlane, manifest, webhookSecret);
  const env = { ...(await environment(controlPlane, manifest, root)), ...options.env };
  const start = (name: "watcher" | "admission", port: number, http: number) =>
    startPeprProcess({
      name,
      root,
      port,
      logDirectory: controlPlane.dir,
      guard: controlPlane.guard,
      env: {
        ...env,
        NOPEA_PEPR_PORT: String(port),
        NOPEA_HTTP_PORT: String(http),
        PEPR_WATCH_MODE: String(name === "watcher"),
      },
    });
  const [watcher, admission] = await Promise.all([
    start("watcher", watcherPort, httpPort),
    start("admission", admissionPort, unusedPort),
  ]);
  return {
    watcher,
    admission,
    webhookSecret: options.env?.NOPEA_WEBHOOK_SECRET ?? webhookSecret,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    startedInMs: Date.now() - started,
    stop: async () => {
      await Promise.all([watcher.stop("SIGKILL"), admission.stop("SIGKILL")]);
    },
  };
}

/** Pepr's objects, and what an administrator would add: a secret for webhooks. */
async function install(
  controlPlane: ControlPlane,
  manifest: PeprManifest,
  webhookSecret: string,
): Promise<void> {
  const kube = createKubeClient(controlPlane.admin);
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "nopea", namespace: peprNamespace },
    stringData: { NOPEA_WEBHOOK_SECRET: webhookSecret },
  };
  try {
    for (const object of [peprStoreCrd, ...manifest.objects, secret]) await kube.apply(object);
    await eventually(() => kube.list("pepr.dev/v1", "PeprStore"), 10_000);
  } finally {
    await kube.close();
  }
}

async function environment(
  controlPlane: ControlPlane,
  manifest: PeprManifest,
  root: string,
): Promise<NodeJS.ProcessEnv> {
  const file = (name: string) => join(controlPlane.dir, name);
  const token = await controlPlane.tokenFor(peprNamespace, peprName);
  await Promise.all([
    writeFile(file("pepr.crt"), manifest.tlsCert),
    writeFile(file("pepr.key"), manifest.tlsKey, { mode: 0o600 }),
    writeKubeconfig(file("pepr.kubeconfig"), {
      url: controlPlane.url,
      ca: controlPlane.ca,
      token,
    }),
  ]);
  return {
    ...bareEnvironment(),
    ...(await packageEnvironment(root)),
    KUBECONFIG: file("pepr.kubeconfig"),
    SSL_CERT_PATH: file("pepr.crt"),
    SSL_KEY_PATH: file("pepr.key"),
    PEPR_API_PATH: manifest.apiPath,
    LOG_LEVEL: "info",
    NOPEA_ALLOW_LOOPBACK: "true",
  };
}

async function packageEnvironment(root: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(root, "package.json"), "utf8");
  const { pepr } = JSON.parse(text) as { pepr?: { env?: Readonly<Record<string, string>> } };
  return pepr?.env ?? {};
}
