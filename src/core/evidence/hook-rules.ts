/** Which requests reach the hooks: rules as exact as the kinds that are managed. */
import { API_GROUP } from "../../model/annotations";
import type { HookedResource } from "../../model/hooks";
import type { JsonObject } from "../../model/json";
import { groupOf } from "../../model/manifest";

/** Written all the time by what runs in a cluster, and with labels copied from others' objects. */
const TOO_BUSY = new Set([
  "endpoints.",
  "endpointslices.discovery.k8s.io",
  "leases.coordination.k8s.io",
  "events.",
  "events.events.k8s.io",
]);

/** Pepr's own configuration asks about the former, the API server asks nobody about the latter. */
const NEVER_IN = new Set<string>([API_GROUP, "admissionregistration.k8s.io"]);

/** What hooks may see of these kinds, each once. */
export function hookable(kinds: readonly HookedResource[]): readonly HookedResource[] {
  const byName = new Map<string, HookedResource>();
  for (const kind of kinds) {
    const group = groupOf(kind.apiVersion);
    const isLeftOut = NEVER_IN.has(group) || TOO_BUSY.has(`${kind.plural}.${group}`);
    if (!isLeftOut && !kind.plural.includes("/")) {
      byName.set(`${kind.apiVersion} ${scopeOf(kind)} ${kind.plural}`, kind);
    }
  }
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
}

/** One rule for each group version and scope; the same kinds in another order make the same rules. */
export function rulesOf(
  kinds: readonly HookedResource[],
  operations: readonly string[],
  subresource = "",
): readonly JsonObject[] {
  const rules = new Map<string, HookedResource[]>();
  for (const kind of kinds) {
    const id = `${kind.apiVersion} ${scopeOf(kind)}`;
    rules.set(id, [...(rules.get(id) ?? []), kind]);
  }
  return [...rules.values()].map(members => ruleOf(members, operations, subresource));
}

function ruleOf(
  members: readonly HookedResource[],
  operations: readonly string[],
  subresource: string,
): JsonObject {
  const [first = { apiVersion: "", namespaced: false }] = members;
  const { apiVersion } = first;
  return {
    apiGroups: [groupOf(apiVersion)],
    apiVersions: [apiVersion.slice(apiVersion.indexOf("/") + 1)],
    operations,
    resources: members.map(({ plural }) => `${plural}${subresource}`),
    scope: scopeOf(first),
  };
}

function scopeOf({ namespaced }: Pick<HookedResource, "namespaced">): string {
  return namespaced ? "Namespaced" : "Cluster";
}
