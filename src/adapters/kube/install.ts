/** Puts nopea's own CustomResourceDefinitions in place: a module that is deployed brings everything along. */
import { setTimeout as sleep } from "node:timers/promises";
import { isList, isObject, type JsonObject } from "../../model/json";
import { putOwn } from "./apply-own";
import type { Kube } from "./client";
import { OWN_LABELS, type Definition } from "./crds/definition";
import { driftRecordDefinition } from "./crds/drift-record";
import { gitRepositoryDefinition } from "./crds/git-repository";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Applies both definitions and returns when they are Established; rejects when the server refuses one. */
export async function installDefinitions(kube: Kube, signal: AbortSignal): Promise<void> {
  const definitions = [gitRepositoryDefinition, driftRecordDefinition];
  const there = await list(kube, signal);
  await Promise.all(definitions.map(definition => install(kube, { definition, there }, signal)));
}

/** By name. What cannot be listed is applied: the answer to that says what is wrong. */
async function list(kube: Kube, signal: AbortSignal): Promise<ReadonlyMap<unknown, JsonObject>> {
  const labelSelector = Object.entries(OWN_LABELS).map(([key, value]) => `${key}=${value}`);
  const query = { labelSelector: labelSelector.join(",") };
  const { status, body } = await kube({ path: DEFINITIONS, query, signal });
  const found = status < 300 && isList(body.items) ? body.items.filter(isObject) : [];
  return new Map(
    found.map(item => [isObject(item.metadata) ? item.metadata.name : undefined, item]),
  );
}

interface Installing {
  readonly definition: Definition;
  readonly there: ReadonlyMap<unknown, JsonObject>;
}

async function install(
  kube: Kube,
  { definition, there }: Installing,
  signal: AbortSignal,
): Promise<void> {
  const { name } = definition.metadata;
  const path = `${DEFINITIONS}/${name}`;
  const own = { path, name: `CustomResourceDefinition ${name}`, object: { ...definition } };
  let answer = await putOwn(kube, { ...own, live: there.get(name) }, signal);
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
