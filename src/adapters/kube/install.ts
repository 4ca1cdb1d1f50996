/** Puts nopea's own CustomResourceDefinitions in place: a module that is deployed brings everything along. */
import { setTimeout as sleep } from "node:timers/promises";
import { NopeaError } from "../../model/errors";
import { isList, isObject, type JsonObject } from "../../model/json";
import { APPLY_PATCH, type Kube } from "./client";
import type { Definition } from "./crds/definition";
import { driftRecordDefinition } from "./crds/drift-record";
import { gitRepositoryDefinition } from "./crds/git-repository";

const MANAGER = "nopea";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Applies both definitions and returns when they are Established; rejects when the server refuses one. */
export async function installDefinitions(kube: Kube, signal: AbortSignal): Promise<void> {
  const definitions = [gitRepositoryDefinition, driftRecordDefinition];
  await Promise.all(definitions.map(definition => install(kube, definition, signal)));
}

async function install(kube: Kube, definition: Definition, signal: AbortSignal): Promise<void> {
  const { name } = definition.metadata;
  const path = `${DEFINITIONS}/${name}`;
  const applied = await kube({
    method: "PATCH",
    path,
    query: { fieldManager: MANAGER, force: "true" },
    contentType: APPLY_PATCH,
    body: JSON.stringify(definition),
    signal,
  });
  if (applied.status >= 300) throw refused(name, applied);
  while (!isEstablished((await kube({ path, signal })).body)) {
    await sleep(100, undefined, { signal });
  }
}

function isEstablished({ status }: JsonObject): boolean {
  const conditions = isObject(status) && isList(status.conditions) ? status.conditions : [];
  return conditions.some(
    condition =>
      isObject(condition) && condition.type === "Established" && condition.status === "True",
  );
}

/** An API server before 1.22 answers 415 to server-side apply, or knows no apiextensions.k8s.io/v1. */
function refused(name: string, { status, body }: { status: number; body: JsonObject }): NopeaError {
  const message = typeof body.message === "string" ? body.message : `HTTP ${status}`;
  return new NopeaError("object-refused", `CustomResourceDefinition ${name}: ${message}`);
}
