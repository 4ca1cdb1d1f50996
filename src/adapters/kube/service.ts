/** Puts the Service of nopea's own HTTP port in place: Pepr's manifest has none for it. */
import { NopeaError } from "../../model/errors";
import { APPLY_PATCH, type Kube } from "./client";

const MANAGER = "nopea";
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
  const { status, body } = await kube({
    method: "PATCH",
    path: `/api/v1/namespaces/${NAMESPACE}/services/${NAME}`,
    query: { fieldManager: MANAGER, force: "true" },
    contentType: APPLY_PATCH,
    body: JSON.stringify(service(httpPort)),
    signal,
  });
  if (status < 300) return;
  const message = typeof body.message === "string" ? body.message : `HTTP ${status}`;
  throw new NopeaError("object-refused", `Service ${NAMESPACE}/${NAME}: ${message}`);
}
