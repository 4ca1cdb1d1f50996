/** One of the hooks' two webhook configurations, as the API server has it. */
import type { HookedResource } from "../../model/hooks";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { putOwn } from "./apply-own";
import type { Kube } from "./client";
import { serverMessage } from "./faults";
import { readObject } from "./hook-plan";
import type { ReadConfiguration } from "./hook-watch";
import { isApplied } from "./own-object";

export interface HookConfiguration {
  /** Puts it as it is to be (undefined: away). True where somebody else had changed or deleted it meanwhile. */
  put(
    object: JsonObject | undefined,
    read: ReadConfiguration,
    signal: AbortSignal,
  ): Promise<boolean>;
}

/** `path` is that of its collection. */
export function createHookConfiguration(
  kube: Kube,
  collection: string,
  name: string,
): HookConfiguration {
  const path = `${collection}/${name}`;
  let last: { readonly text: string; readonly version: Json | undefined } | undefined;
  return {
    async put(object, read, signal) {
      if (object === undefined) {
        last = undefined;
        await remove(kube, path, signal);
        return false;
      }
      const text = JSON.stringify(object);
      const before = last?.text === text ? last : undefined;
      // a watch may still show what was there before the last write
      const isShown = last === undefined || before !== undefined;
      const live = isShown ? await read(path, signal) : undefined;
      const now = await putOwn(kube, { path, name, object, live }, signal);
      const version = versionOf(now);
      last = { text, version };
      return now !== live && before !== undefined && before.version !== version;
    },
  };
}

function versionOf({ metadata }: JsonObject): Json | undefined {
  return isObject(metadata) ? metadata.resourceVersion : undefined;
}

/** What somebody else made under this name is not ours to delete. */
async function remove(kube: Kube, path: string, signal: AbortSignal): Promise<void> {
  const object = await readObject(kube, path, signal);
  if (object === undefined || !isApplied(object)) return;
  const { uid } = isObject(object.metadata) ? object.metadata : {};
  const body = JSON.stringify({ preconditions: { uid } });
  const contentType = "application/json";
  const answer = await kube({ method: "DELETE", path, body, contentType, signal });
  // gone, or another one has its name by now: its event brings us back
  if (answer.status < 300 || answer.status === 404 || answer.status === 409) return;
  throw new Error(`DELETE ${path}: ${answer.status} ${serverMessage(answer.body)}`.trimEnd());
}

/** What it asks about. */
export function resourcesOf(configuration: JsonObject | undefined): readonly HookedResource[] {
  const webhooks = isList(configuration?.webhooks) ? configuration.webhooks.filter(isObject) : [];
  const rules = webhooks.flatMap(({ rules }) => (isList(rules) ? rules.filter(isObject) : []));
  return rules.flatMap(({ apiGroups, apiVersions, resources, scope }) => {
    const [group = ""] = texts(apiGroups);
    const [version = ""] = texts(apiVersions);
    const apiVersion = group === "" ? version : `${group}/${version}`;
    const namespaced = scope === "Namespaced";
    return texts(resources).map(plural => ({ apiVersion, plural, namespaced }));
  });
}

/** Names alone: a rule of ours has no wildcard, and will have none because of somebody else's. */
function texts(list: Json | undefined): readonly string[] {
  const all = isList(list) ? list : [];
  return all.filter(text => typeof text === "string").filter(text => /^[a-z0-9.-]*$/.test(text));
}
