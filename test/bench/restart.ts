/** The watcher is killed and starts over many unchanged objects: what that costs, and until when it is blind. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PeprProcess } from "../../src/local/pepr-process";
import { auditMark, requestsSince } from "../support/audit";
import { record } from "../support/recorder";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually } from "../../src/local/eventually";
import { NOPEA } from "./config-maps";
import { editsOfConfigMaps } from "./healing";
import type { Bench } from "./part";

const PATIENCE_MS = 120_000;
const reading: ReadonlySet<string> = new Set(["list", "watch"]);
const writing: ReadonlySet<string> = new Set(["create", "update", "patch", "delete"]);

export interface RestartCost {
  /** All that are neither lists nor watches, Pepr's own and those of the start included. */
  readonly requests: number;
  /** Those of them that are about the repository's namespace. */
  readonly about: number;
  /** Of objects of the repository, its status included. */
  readonly writes: number;
  /** What those beyond lists and watches were, each as `get /version (user agent)`. */
  readonly asked: readonly string[];
}

/** What the start asks of the API server, until some seconds after it watches the objects. */
export async function restartCost(
  { auditLog }: Pick<Bench, "auditLog">,
  watcher: PeprProcess,
  namespace: string,
): Promise<RestartCost> {
  await watcher.stop("SIGKILL");
  const mark = await auditMark(auditLog);
  await watcher.start();
  // it has nothing to tell: that it watches the objects is all there is to see
  await eventually(async () => isWatching(await requestsSince(auditLog, mark)), PATIENCE_MS, 200);
  await sleep(3_000);
  const requests = await requestsSince(auditLog, mark, { user: NOPEA });
  const others = requests.filter(({ verb }) => !reading.has(verb));
  const about = others.filter(request => request.namespace === namespace);
  const writes = about.filter(({ verb }) => writing.has(verb));
  return {
    requests: others.length,
    about: about.length,
    writes: writes.length,
    asked: others.map(({ verb, uri, userAgent }) => `${verb} ${uri} (${userAgent})`),
  };
}

export interface Blindness {
  /** Milliseconds from the start of the process until Pepr calls it healthy. */
  readonly healthy: number;
  /** Milliseconds from the start of the process until an edit made at that moment is healed. */
  readonly healed: number;
}

/** How long nobody sees edits: one is made as the process starts. */
export async function restartToHealed(
  { kube }: Pick<Bench, "kube">,
  watcher: PeprProcess,
  namespace: string,
): Promise<Blindness> {
  await watcher.stop("SIGKILL");
  const [edit] = editsOfConfigMaps(namespace, 1);
  if (edit === undefined) throw new Error("there is nothing to edit");
  const seen = await record<KubeObject>(kube, "v1", "ConfigMap", { namespace });
  const startedAt = performance.now();
  const started = watcher.start();
  const { metadata } = await kube.patch(edit.ref, edit.patch);
  const healed = await seen.until(
    ({ object }) =>
      Number(object.metadata.resourceVersion) > Number(metadata.resourceVersion) &&
      object.metadata.name === edit.ref.name &&
      !edit.isEdited(object),
    PATIENCE_MS,
  );
  await seen.stop();
  // what is told of it is no part of the next restart
  await sleep(2_000);
  return { healthy: await started, healed: healed.at - startedAt };
}

function isWatching(requests: readonly { readonly uri: string; readonly verb: string }[]): boolean {
  return requests.some(
    ({ uri, verb }) =>
      verb === "watch" && uri.includes("/configmaps?") && uri.includes("nopea.io%2Frepository"),
  );
}
