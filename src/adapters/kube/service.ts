/** Puts the Service of nopea's own HTTP port in place: Pepr's manifest has none for it. */
import { applyOwn } from "./apply-own";
import type { Kube } from "./client";

const NAME = "nopea";
const NAMESPACE = "pepr-system";

/** What is left out (type, annotations) is for whoever runs the cluster to choose. */
const service = (httpPort: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: NAME, namespace: NAMESPACE, labels: { "app.kubernetes.io/name": NAME } },
  spec: {
    // the labels that Pepr gives to the watcher's pods
    selector: { app: "pepr-nopea-watcher", "pepr.dev/controller": "watcher" },
    ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: httpPort }],
  },
});

/** Rejects when the server refuses it. */
export async function installService(
  kube: Kube,
  httpPort: number,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/services/${NAME}`;
  const own = { path, name: `Service ${NAMESPACE}/${NAME}`, object: service(httpPort) };
  await applyOwn(kube, own, signal);
}
