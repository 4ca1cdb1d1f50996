/** Which Kubernetes Events tell of what happened: on the object, where there is one, and on its GitRepository. */
import { API_VERSION } from "../../model/annotations";
import type { Happening, Told } from "../../model/happening";
import type { EventObject, KubeEvent } from "../../model/kube-event";
import { formatKey, type ObjectRef } from "../../model/object-key";
import type { Sha256 } from "../../model/ownership";
import { bytesOf, cut } from "../evidence/text-length";
import { listNames } from "../report/list-names";
import { driftSayings, type Saying } from "./drift-sayings";

export interface EventTools {
  readonly sha256: Sha256;
  /** RFC 3339. */
  readonly rfc3339: (milliseconds: number) => string;
}

/** Of thousands of objects the GitRepository's Event tells. */
const MOST_OBJECTS = 20;
/** What the API server takes. */
const LONGEST_NOTE = 1024;

/** Both copies of an Event have the same `occurrence`. */
export function kubeEventsOf(
  happening: Happening,
  about: Told,
  at: number,
  tools: EventTools,
): readonly KubeEvent[] {
  const repository = repositoryOf(about);
  return sayingsOf(happening, { about, at, rfc3339: tools.rfc3339 }).flatMap(saying => {
    const { objects = [], once = `${at}`, reason, note } = saying;
    const uids = objects.map(({ uid }) => uid).join();
    const occurrence = hash([about.id.uid, reason, note, uids, once], tools);
    const known = objects.filter(({ uid, apiVersion }) => uid !== "" && apiVersion !== "");
    const regarding = known.slice(0, MOST_OBJECTS).map(objectOf);
    const what = { ...saying, occurrence, at };
    return [
      ...regarding.map(object => eventOf(what, note, { regarding: object, related: repository })),
      eventOf(what, withNames(objects, note), {
        regarding: repository,
        ...(regarding.length === 1 && regarding[0] !== undefined ? { related: regarding[0] } : {}),
      }),
    ];
  });
}

interface Dated extends Saying {
  readonly occurrence: string;
  readonly at: number;
}

function eventOf(
  { reason, type, action, same, occurrence, at }: Dated,
  note: string,
  objects: Pick<KubeEvent, "regarding" | "related">,
): KubeEvent {
  const text = [objects.regarding.uid, reason, same ?? note].join("\n");
  return { reason, type, action, note: fit(note), ...objects, at, occurrence, same: text };
}

interface Context {
  readonly about: Told;
  readonly at: number;
  readonly rfc3339: EventTools["rfc3339"];
}

function sayingsOf(happening: Happening, context: Context): readonly Saying[] {
  switch (happening.what) {
    case "drift":
      return driftSayings(happening, context.at);
    case "synced":
    case "failed":
      return [syncSaying(happening, context.about)];
    case "rests":
      return [saying("Suspended", "spec.suspend is true: nothing is fetched or written")];
    case "goes-on":
      return [saying("Resumed", "spec.suspend is false: syncing goes on")];
    case "removed":
      return [saying("Pruned", "The objects of this GitRepository were deleted with it")];
    case "suspended":
    case "resumed":
    case "autoscaled":
    case "orphaned":
    case "pruned":
      return [objectSaying(happening, context)];
  }
}

function syncSaying(
  happening: Extract<Happening, { what: "synced" | "failed" }>,
  { branch }: Told,
): Saying {
  if (happening.what === "failed") {
    return { reason: "Failed", type: "Warning", action: "Sync", note: happening.message };
  }
  const { commit, total, created, updated } = happening;
  const objects = `${total} object${total === 1 ? "" : "s"}`;
  const note = `Commit ${commit.slice(0, 12)} of ${branch} is in: ${objects} (${created} created, ${updated} updated)`;
  return { reason: "Synced", type: "Normal", action: "Sync", note };
}

type OfObjects = Extract<
  Happening,
  { what: "suspended" | "resumed" | "autoscaled" | "orphaned" | "pruned" }
>;

function objectSaying(happening: OfObjects, { rfc3339, about }: Context): Saying {
  switch (happening.what) {
    case "suspended": {
      const { by = "somebody", at, until, reason } = happening.suspended;
      const end = until === undefined ? "nopea.io/suspend-heal is removed" : rfc3339(until);
      const why = reason === undefined ? "" : `: ${reason}`;
      const note = `${by} suspended healing until ${end}${why}`;
      // a process that begins anew does not know all that was told
      return {
        ...saying("Suspended", note),
        objects: [happening.object],
        once: `${Math.floor(at / 1000)}`,
      };
    }
    case "resumed":
      return {
        ...saying("Resumed", "nopea.io/suspend-heal is over: healing goes on"),
        objects: [happening.object],
      };
    case "autoscaled": {
      const note = `${happening.fields.join(", ")} stays: an autoscaler set it`;
      return { ...saying("HealSkipped", note), objects: [happening.object], once: "" };
    }
    case "orphaned": {
      const note = `Commit ${happening.commit.slice(0, 12)} of ${about.branch} no longer declares it: it stays for now`;
      return { ...saying("Orphaned", note), objects: happening.objects, once: "" };
    }
    case "pruned": {
      const note = `Deleted, since commit ${happening.commit.slice(0, 12)} of ${about.branch} does not declare it`;
      return { ...saying("Pruned", note), objects: happening.objects };
    }
  }
}

const ACTIONS = {
  Suspended: "Suspend",
  Resumed: "Suspend",
  Pruned: "Prune",
  Orphaned: "Prune",
  HealSkipped: "Heal",
} as const;

function saying(reason: keyof typeof ACTIONS, note: string): Saying {
  return { reason, type: "Normal", action: ACTIONS[reason], note };
}

function withNames(objects: readonly ObjectRef[], note: string): string {
  if (objects.length === 0) return note;
  return `${listNames(objects.map(({ key }) => formatKey(key)))}: ${note}`;
}

function repositoryOf({ id: { namespace, name, uid } }: Told): EventObject {
  return { apiVersion: API_VERSION, kind: "GitRepository", namespace, name, uid };
}

function objectOf({ key: { kind, namespace, name }, apiVersion, uid }: ObjectRef): EventObject {
  return { apiVersion, kind, namespace, name, uid };
}

function hash(parts: readonly string[], { sha256 }: EventTools): string {
  return sha256(parts.join("\n")).slice(0, 16);
}

/** Characters of several bytes count more than once. */
function fit(note: string): string {
  let text = cut(note, LONGEST_NOTE);
  while (bytesOf(text) > LONGEST_NOTE) text = cut(text, Math.floor(text.length * 0.9));
  return text;
}
