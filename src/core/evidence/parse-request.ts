/** Reads an `admission.k8s.io/v1` request: an untrusted value becomes a total type. */
import type { AdmissionRequest, AdmissionUser } from "../../model/admission";
import { isList, isObject, type JsonObject } from "../../model/json";

const OPERATIONS = ["CREATE", "UPDATE", "DELETE", "CONNECT"] as const;

/** Undefined for what is no request: without uid, operation or kind. Never throws. */
export function parseRequest(value: unknown): AdmissionRequest | undefined {
  const request = mapOf(value);
  const kind = mapOf(request.kind);
  const operation = OPERATIONS.find(word => word === request.operation);
  if (typeof request.uid !== "string" || operation === undefined) return undefined;
  if (typeof kind.kind !== "string") return undefined;
  const resource = mapOf(request.resource);
  return {
    uid: request.uid,
    operation,
    dryRun: request.dryRun === true,
    kind: { group: textOf(kind.group), version: textOf(kind.version), kind: kind.kind },
    resource: {
      group: textOf(resource.group),
      version: textOf(resource.version),
      plural: textOf(resource.resource),
    },
    subresource: textOf(request.subResource),
    namespace: textOf(request.namespace),
    name: textOf(request.name),
    user: readUser(mapOf(request.userInfo)),
    fieldManager: textOf(mapOf(request.options).fieldManager),
    object: objectOf(request.object),
    oldObject: objectOf(request.oldObject),
  };
}

function readUser({ username, groups, extra }: JsonObject): AdmissionUser {
  return {
    name: textOf(username),
    groups: (isList(groups) ? groups : []).filter(group => typeof group === "string"),
    extra: Object.keys(mapOf(extra)),
  };
}

function mapOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
