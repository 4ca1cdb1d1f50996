/** A cluster with Pepr's objects as far as hooks depend on them, and somebody who keeps the hooks' configurations. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { createWebhookConfigurations } from "../../src/adapters/kube/webhook-configurations";
import { webhookConfigurations } from "../../src/core/evidence/webhook-rules";
import { loadAuthority } from "../../src/local/certificates";
import type { ControlPlane } from "../../src/local/control-plane";
import type { KubeObject } from "../../src/local/kube-types";
import type { KindInfo } from "../../src/model/manifest";
import type { LogFields } from "../../src/ports";
import { eventually, testCluster } from "./cluster";
import { connectStream } from "./kube-adapter";

const ADMISSION = "admissionregistration.k8s.io/v1";
const RBAC = "rbac.authorization.k8s.io/v1";
const PEPR_PATH = "/validate/0123456789abcdef";

interface Webhook {
  readonly name: string;
  readonly clientConfig: unknown;
  readonly rules: unknown;
}

export interface Configuration extends KubeObject {
  readonly webhooks: readonly Webhook[];
}

export interface ClientConfig {
  readonly caBundle: string;
  readonly service: Readonly<Record<string, unknown>>;
}

export const refs = {
  pepr: ref("ValidatingWebhookConfiguration", "pepr-nopea"),
  peprMutating: ref("MutatingWebhookConfiguration", "pepr-nopea"),
  evidence: ref("MutatingWebhookConfiguration", "nopea-evidence"),
  witness: ref("ValidatingWebhookConfiguration", "nopea-witness"),
  clusterRole: { apiVersion: RBAC, kind: "ClusterRole", name: "pepr-nopea" },
};

function ref(kind: string, name: string) {
  return { apiVersion: ADMISSION, kind, name };
}

/** On a control plane of the file's own: these names are those of the nopea that runs on that of the test run. */
export async function createHookWorld(controlPlane: ControlPlane) {
  const cluster = testCluster(controlPlane);
  const { admin } = cluster;
  const connection = connectStream(cluster.adminAccess);
  const read = (name: string) => readFileSync(join(controlPlane.dir, name), "utf8");
  const authority = loadAuthority({ cert: read("ca.crt"), key: read("ca.key") });
  await admin.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "pepr-system" } });

  /** Pepr's configuration as the API server reaches its server: at a port of this host. */
  const clientConfig = (port: number, path = PEPR_PATH): ClientConfig => ({
    caBundle: Buffer.from(authority.cert).toString("base64"),
    service: { namespace: "pepr-system", name: "pepr-nopea", path, port },
  });
  const find = (ref: (typeof refs)["evidence"]) => admin.find<Configuration>(ref);
  return {
    ...cluster,
    authority,
    clientConfig,
    find,
    deployPepr: (config: ClientConfig, ref = refs.pepr) => admin.apply(peprs(ref, config)),
    createClusterRole: () =>
      admin.apply({
        apiVersion: RBAC,
        kind: "ClusterRole",
        metadata: { name: "pepr-nopea" },
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      }),
    /** Until it is so. */
    when: (ref: (typeof refs)["evidence"], fits: (found: Configuration) => boolean, ms = 5_000) =>
      eventually(async () => {
        const found = await find(ref);
        if (found !== undefined && fits(found)) return found;
        throw new Error(`it is ${JSON.stringify(found?.webhooks)}`);
      }, ms),
    gone: (ref: (typeof refs)["evidence"]) =>
      eventually(async () => (await find(ref)) === undefined, 5_000),
    /** As in the watcher; `end` is its death. */
    start: (inheritMs?: number) => {
      const life = new AbortController();
      const logged: string[] = [];
      const tell = (level: string) => (fields: LogFields, message: string) =>
        void logged.push(`${level} ${message} ${String(fields.error)}`);
      const asked: string[] = [];
      const configurations = createWebhookConfigurations({
        stream: connection.stream,
        kube: request => {
          asked.push(`${request.method ?? "GET"} ${request.path}`);
          return connection.kube(request);
        },
        build: webhookConfigurations,
        withConditions: () => true,
        log: { info: tell("info"), warn: tell("warn"), error: tell("error") },
        life: life.signal,
        ...(inheritMs === undefined ? {} : { inheritMs }),
      });
      const end = () => life.abort();
      afterAll(end);
      const manage = (kinds: readonly KindInfo[]) => configurations.manage(kinds);
      return { manage, logged, asked, end };
    },
  };
}

function peprs({ kind, name }: { kind: string; name: string }, clientConfig: ClientConfig) {
  return {
    apiVersion: ADMISSION,
    kind,
    metadata: { name },
    webhooks: [
      {
        name: "pepr-nopea.pepr.dev",
        clientConfig,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Ignore",
        rules: [
          {
            apiGroups: ["nopea.example"],
            apiVersions: ["v1"],
            operations: ["CREATE"],
            resources: ["nothings"],
          },
        ],
      },
    ],
  };
}
