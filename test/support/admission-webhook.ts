/** A mutating admission webhook of the tests' own: it rewrites objects of one namespace whatever is written. */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { inject } from "vitest";
import { loadAuthority } from "../../src/local/certificates";
import type { KubeObject } from "../../src/local/kube-types";
import { uniqueSuffix, type KubeClient } from "./cluster";

interface Review {
  readonly request: { readonly uid: string; readonly object: KubeObject };
}

export interface AdmissionWebhook {
  /** Requests so far. */
  readonly requests: readonly KubeObject[];
  stop(): Promise<void>;
}

/** Answers CREATE and UPDATE of a resource of the core group with a JSON patch. */
export async function startAdmissionWebhook(
  kube: KubeClient,
  { namespace, resource }: { readonly namespace: string; readonly resource: string },
  rewrite: (object: KubeObject) => readonly object[],
): Promise<AdmissionWebhook> {
  const { dir } = inject("controlPlane");
  const read = (name: string) => readFileSync(join(dir, name), "utf8");
  const authority = loadAuthority({ cert: read("ca.crt"), key: read("ca.key") });
  const requests: KubeObject[] = [];
  const server = createServer(
    authority.server(["localhost"], ["127.0.0.1"]),
    (request, response) => {
      void json(request).then(body => {
        const { uid, object } = (body as Review).request;
        requests.push(object);
        const patch = Buffer.from(JSON.stringify(rewrite(object))).toString("base64");
        const answer = { uid, allowed: true, patchType: "JSONPatch", patch };
        const { apiVersion, kind } = body as KubeObject;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ apiVersion, kind, response: answer }));
      });
    },
  );
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const apiVersion = "admissionregistration.k8s.io/v1";
  const kind = "MutatingWebhookConfiguration";
  const name = `rewrite-${uniqueSuffix()}.nopea.example`;
  await kube.create({
    apiVersion,
    kind,
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(authority.cert).toString("base64"),
        },
        rules: [
          {
            apiGroups: [""],
            apiVersions: ["v1"],
            resources: [resource],
            operations: ["CREATE", "UPDATE"],
          },
        ],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        timeoutSeconds: 5,
      },
    ],
  });
  return {
    requests,
    stop: async () => {
      await kube.delete({ apiVersion, kind, name });
      server.closeAllConnections();
      server.close();
    },
  };
}
