/** What `npx pepr build` made, changed so that the API server finds the processes on this host without a kubelet. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "./kube-types";

export interface PeprManifest {
  /** What is applied: everything but the Deployments, whose pods we are. */
  readonly objects: readonly KubeObject[];
  /** PEM. */
  readonly tlsCert: string;
  /** PEM. */
  readonly tlsKey: string;
  /** The secret last part of the webhook's URL. */
  readonly apiPath: string;
}

export const peprNamespace = "pepr-system";
export const peprName = "pepr-nopea";

interface Webhook {
  readonly clientConfig: {
    readonly service: Readonly<Record<string, unknown>>;
  };
}

/** Every object of the built manifest, as Pepr made it. */
export async function readManifestObjects(root: string): Promise<readonly KubeObject[]> {
  const path = join(root, "dist", "pepr-module-nopea.yaml");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`${path} is missing: run "npx pepr build" first`, { cause });
  });
  return parseAllDocuments(text)
    .map(document => document.toJS() as KubeObject | null)
    .filter(object => object !== null);
}

/** Reads the built manifest and points its webhooks at a port of this host. */
export async function readPeprManifest(root: string, port: number): Promise<PeprManifest> {
  const objects = await readManifestObjects(root);
  return {
    objects: objects
      .filter(object => object.kind !== "Deployment")
      .map(object => onThisHost(object, port)),
    tlsCert: secretValue(objects, `${peprName}-tls`, "tls.crt"),
    tlsKey: secretValue(objects, `${peprName}-tls`, "tls.key"),
    apiPath: secretValue(objects, `${peprName}-api-path`, "value"),
  };
}

/** The CRD that Pepr's controller, which does not run here, would apply. */
export const peprStoreCrd: KubeObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "peprstores.pepr.dev" },
  spec: {
    group: "pepr.dev",
    scope: "Namespaced",
    names: { plural: "peprstores", singular: "peprstore", kind: "PeprStore" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              data: { type: "object", additionalProperties: { type: "string" } },
            },
          },
        },
      },
    ],
  },
};

function onThisHost(object: KubeObject, port: number): KubeObject {
  if (object.kind === "Service" && object.metadata.name === peprName) {
    return {
      ...object,
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    };
  }
  if (!object.kind.endsWith("WebhookConfiguration")) return object;
  const webhooks = webhooksOf(object).map(webhook => {
    const service = { ...webhook.clientConfig.service, port };
    return { ...webhook, clientConfig: { ...webhook.clientConfig, service } };
  });
  return { ...object, webhooks };
}

function webhooksOf(object: KubeObject): readonly Webhook[] {
  return (object.webhooks as readonly Webhook[] | undefined) ?? [];
}

function secretValue(objects: readonly KubeObject[], name: string, key: string): string {
  const secret = objects.find(object => object.kind === "Secret" && object.metadata.name === name);
  const data = (secret?.data as Readonly<Record<string, string>> | undefined) ?? {};
  const value = data[key];
  if (value === undefined) throw new Error(`the built manifest has no Secret ${name} with ${key}`);
  return decode(value).trim();
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString();
}
