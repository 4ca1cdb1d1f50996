/** Requests that delete or scale an object, as an API server sends them to the validating hook. */
import type { JsonObject } from "../../src/model/json";
import { changed } from "./admission";

/** Deployment shop/api of GitRepository shop/my-app, whose Git declares its replicas. */
export const DEPLOYMENT: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "api",
    namespace: "shop",
    uid: "u-1",
    labels: { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "shop" },
    managedFields: [
      {
        manager: "nopea:shop/my-app",
        operation: "Apply",
        fieldsV1: { "f:spec": { "f:replicas": {} } },
      },
    ],
  },
  spec: { replicas: 2 },
};

/** The Deployment in which Git leaves the replicas to others. */
export const UNDECLARED: JsonObject = changed(DEPLOYMENT, {
  metadata: {
    managedFields: [
      { manager: "nopea:shop/my-app", operation: "Apply", fieldsV1: { "f:spec": { "f:a": {} } } },
    ],
  },
});

const COMMON: JsonObject = {
  uid: "r-1",
  dryRun: false,
  resource: { group: "apps", version: "v1", resource: "deployments" },
  namespace: "shop",
  name: "api",
  userInfo: { username: "larry", groups: ["sre", "system:authenticated"] },
};

/** larry deletes it. */
export function deletion(more: JsonObject = {}, target = DEPLOYMENT): JsonObject {
  return {
    ...COMMON,
    operation: "DELETE",
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    object: null,
    oldObject: target,
    ...more,
  };
}

/** larry scales it. A number that is 0 is left out, as a Scale does. */
export function scaling(from: number, to: number, more: JsonObject = {}): JsonObject {
  return {
    ...COMMON,
    operation: "UPDATE",
    kind: { group: "autoscaling", version: "v1", kind: "Scale" },
    subResource: "scale",
    options: { fieldManager: "kubectl" },
    object: scaleOf(to),
    oldObject: scaleOf(from),
    ...more,
  };
}

function scaleOf(replicas: number): JsonObject {
  const spec: JsonObject = replicas === 0 ? {} : { replicas };
  return { apiVersion: "autoscaling/v1", kind: "Scale", spec };
}
