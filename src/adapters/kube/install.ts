/** Puts nopea's own CustomResourceDefinitions in place: a module that is deployed brings everything along. */
import { setTimeout as sleep } from "node:timers/promises";
import { isList, isObject, type JsonObject } from "../../model/json";
import { applyOwn } from "./apply-own";
import type { Kube } from "./client";
import type { Definition } from "./crds/definition";
import { driftRecordDefinition } from "./crds/drift-record";
import { gitRepositoryDefinition } from "./crds/git-repository";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Applies both definitions and returns when they are Established; rejects when the server refuses one. */
export async function installDefinitions(kube: Kube, signal: AbortSignal): Promise<void> {
  const definitions = [gitRepositoryDefinition, driftRecordDefinition];
  await Promise.all(definitions.map(definition => install(kube, definition, signal)));
}

async function install(kube: Kube, definition: Definition, signal: AbortSignal): Promise<void> {
  const { name } = definition.metadata;
  const path = `${DEFINITIONS}/${name}`;
  const own = { path, name: `CustomResourceDefinition ${name}`, object: { ...definition } };
  let answer = await applyOwn(kube, own, signal);
  while (!isEstablished(answer)) {
    await sleep(100, undefined, { signal });
    answer = (await kube({ path, signal })).body;
  }
}

function isEstablished({ status }: JsonObject): boolean {
  const conditions = isObject(status) && isList(status.conditions) ? status.conditions : [];
  return conditions.some(
    condition =>
      isObject(condition) && condition.type === "Established" && condition.status === "True",
  );
}
