/** An admission hook that only says yes: what it costs is what any hook costs. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { loadAuthority } from "../../src/local/certificates";
import type { ControlPlane } from "../../src/local/control-plane";
import type { KubeClient } from "../../src/local/kube-client";
import type { KubeObject } from "../../src/local/kube-types";

export interface BareHook {
  /** Times that it was asked. */
  asked(): number;
  stop(): Promise<void>;
}

/** Asked about updates of Deployments in one namespace, by the people whom nopea's own hook would be asked about. */
export async function startBareHook(
  controlPlane: Pick<ControlPlane, "dir">,
  kube: KubeClient,
  namespace: string,
): Promise<BareHook> {
  const read = (name: string) => readFile(join(controlPlane.dir, name), "utf8");
  const ca = await read("ca.crt");
  const pair = loadAuthority({ cert: ca, key: await read("ca.key") }).server([], ["127.0.0.1"]);
  let asked = 0;
  // as Pepr's server with nopea: the API server keeps its connection
  const server = createServer({ ...pair, keepAliveTimeout: 90_000 }, (request, response) => {
    void json(request).then(body => {
      asked++;
      const {
        apiVersion,
        kind,
        request: about,
      } = body as KubeObject & { request: { uid: string } };
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ apiVersion, kind, response: { uid: about.uid, allowed: true } }),
      );
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const configuration = configurationOf(`https://127.0.0.1:${port}/`, ca, namespace);
  await kube.create(configuration);
  return {
    asked: () => asked,
    stop: async () => {
      const { apiVersion, kind, metadata } = configuration;
      await kube.delete({ apiVersion, kind, name: metadata.name });
      server.closeAllConnections();
      server.close();
    },
  };
}

function configurationOf(url: string, ca: string, namespace: string): KubeObject {
  const rule = { apiGroups: ["apps"], apiVersions: ["v1"], resources: ["deployments"] };
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: `${namespace}.bench.example` },
    webhooks: [
      {
        name: `${namespace}.bench.example`,
        clientConfig: { url, caBundle: Buffer.from(ca).toString("base64") },
        rules: [{ ...rule, operations: ["UPDATE"], scope: "Namespaced" }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        matchConditions: [
          { name: "people", expression: "!request.userInfo.username.startsWith('system:')" },
        ],
        failurePolicy: "Ignore",
        timeoutSeconds: 1,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  };
}
