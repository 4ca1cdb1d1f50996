/** Waits until the kinds of new CustomResourceDefinitions are served: their objects come right after. */
import { setTimeout as sleep } from "node:timers/promises";
import { isList, isObject } from "../../model/json";
import type { Desired } from "../../model/manifest";
import type { StepOutcome } from "../../model/outcome";
import type { Step } from "../../model/plan";
import type { Kube } from "./client";
import type { Discovery } from "./discovery";
import { groupVersionPath } from "./paths";

const PAUSE_MS = 100;
/** Much longer than an API server takes (0.1 s for a small one, 2 s for a large one); whoever is not served by then fails by itself and is tried again. */
const PATIENCE_MS = 15_000;

/** CustomResourceDefinitions that were just applied and whose objects are among the steps. */
export function definitionsNeeded(
  outcomes: readonly Pick<StepOutcome, "result" | "desired">[],
  stage: readonly Step[],
): readonly Desired[] {
  const kinds = new Set(stage.map(({ desired: { key } }) => `${key.kind}.${key.group}`));
  return outcomes.flatMap(({ result, desired }) =>
    result === "applied" && isDefinition(desired) && kinds.has(kindDefinedBy(desired))
      ? [desired]
      : [],
  );
}

/** Returns when the resources of each definition can be listed, or patience ends. */
export async function waitUntilServed(
  kube: Kube,
  discovery: Discovery,
  definitions: readonly Desired[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(definitions.map(definition => waitForOne(kube, discovery, definition, signal)));
}

function isDefinition({ key }: Desired): boolean {
  return key.kind === "CustomResourceDefinition";
}

function kindDefinedBy({ manifest }: Desired): string {
  const spec = isObject(manifest.spec) ? manifest.spec : {};
  const names = isObject(spec.names) ? spec.names : {};
  return `${asText(names.kind)}.${asText(spec.group)}`;
}

/** Asks for the resource itself: it answers a moment after the definition is Established, and the answer is small. */
async function waitForOne(
  kube: Kube,
  discovery: Discovery,
  definition: Desired,
  signal: AbortSignal,
) {
  const resources = servedResources(definition);
  for (const { apiVersion } of resources) discovery.forget(apiVersion);
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    if (await areListed(kube, resources, signal)) return;
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

interface Resource {
  readonly apiVersion: string;
  readonly plural: string;
}

async function areListed(
  kube: Kube,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<boolean> {
  const answers = await Promise.all(
    resources.map(({ apiVersion, plural }) =>
      kube({ path: `${groupVersionPath(apiVersion)}/${plural}`, query: { limit: "1" }, signal }),
    ),
  );
  return answers.every(({ status }) => status < 300);
}

function servedResources({ manifest }: Desired): readonly Resource[] {
  return declaredResources(manifest.spec).filter(({ served }) => served);
}

function declaredResources(spec: unknown) {
  if (!isObject(spec) || !isObject(spec.names) || !isList(spec.versions)) return [];
  const { group, names } = spec;
  return spec.versions.filter(isObject).map(({ name, served }) => ({
    apiVersion: `${asText(group)}/${asText(name)}`,
    plural: asText(names.plural),
    served: served === true,
  }));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
