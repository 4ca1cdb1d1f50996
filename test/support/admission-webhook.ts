/** Admission webhooks of the tests' own, for one namespace: one rewrites what is written, one refuses to delete. */
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
  readonly request: {
    readonly uid: string;
    /** Null where it is deleted. */
    readonly object: KubeObject | null;
    readonly oldObject: KubeObject;
  };
}

export interface AdmissionWebhook {
  /** Requests so far. */
  readonly requests: readonly KubeObject[];
  stop(): Promise<void>;
}

interface Where {
  readonly namespace: string;
  readonly resource: string;
}

/** Answers CREATE and UPDATE of a resource of the core group with a JSON patch. */
export function startAdmissionWebhook(
  kube: KubeClient,
  where: Where,
  rewrite: (object: KubeObject) => readonly object[],
): Promise<AdmissionWebhook> {
  return start(kube, { ...where, type: "Mutating", operations: ["CREATE", "UPDATE"] }, object => {
    const patch = Buffer.from(JSON.stringify(rewrite(object))).toString("base64");
    return { allowed: true, patchType: "JSONPatch", patch };
  });
}

/** Refuses DELETE of a resource of the core group; a dry run too. */
export function startRefusingWebhook(kube: KubeClient, where: Where): Promise<AdmissionWebhook> {
  return start(kube, { ...where, type: "Validating", operations: ["DELETE"] }, () => ({
    allowed: false,
  }));
}

/** Refuses CREATE and UPDATE of what a resource of the core group is not allowed to be, with a status and a message. */
export function startJudgingWebhook(
  kube: KubeClient,
  where: Where,
  refusal: (object: KubeObject) => { readonly code: number; readonly message: string } | undefined,
): Promise<AdmissionWebhook> {
  const hook: Hook = { ...where, type: "Validating", operations: ["CREATE", "UPDATE"] };
  return start(kube, hook, object => {
    const status = refusal(object);
    return status === undefined ? { allowed: true } : { allowed: false, status };
  });
}

interface Hook extends Where {
  readonly type: "Mutating" | "Validating";
  readonly operations: readonly string[];
}

async function start(
  kube: KubeClient,
  { namespace, resource, type, operations }: Hook,
  answer: (object: KubeObject) => object,
): Promise<AdmissionWebhook> {
  const { dir } = inject("controlPlane");
  const read = (name: string) => readFileSync(join(dir, name), "utf8");
  const authority = loadAuthority({ cert: read("ca.crt"), key: read("ca.key") });
  const requests: KubeObject[] = [];
  const server = createServer(
    authority.server(["localhost"], ["127.0.0.1"]),
    (request, response) => {
      void json(request).then(body => {
        const { uid, object, oldObject } = (body as Review).request;
        const about = object ?? oldObject;
        requests.push(about);
        const { apiVersion, kind } = body as KubeObject;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ apiVersion, kind, response: { uid, ...answer(about) } }));
      });
    },
  );
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const apiVersion = "admissionregistration.k8s.io/v1";
  const kind = `${type}WebhookConfiguration`;
  const name = `tests-${uniqueSuffix()}.nopea.example`;
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
            operations,
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
