/** What must be equal however a script was played: objects as people see them, what is decided, and the phase. */
import type { KubeObject } from "../../src/local/kube-types";
import type { RepositoryStatus } from "../../src/model/git-repository";
import { SUSPEND } from "./drift";
import { canonical, recordsOf, type DriftRecordObject } from "./hands";
import { objects } from "./script-files";
import type { Stage } from "./script-stage";

export interface Snapshot {
  /** By name: the text of what is declared and annotated; "gone". */
  readonly objects: Readonly<Record<string, string>>;
  readonly status: unknown;
  /** One line each, by object and then by age. */
  readonly records: readonly string[];
}

/** All of it, with names of the namespace and of commits that do not depend on where and when it is. */
export async function takeSnapshot(stage: Stage): Promise<Snapshot> {
  const { app, world } = stage;
  const admin = world.cluster.admin;
  const [found, { status = {} }, records] = await Promise.all([
    Promise.all(objects.map(of => app.find<KubeObject>(...of))),
    app.resource(),
    recordsOf(admin, app.namespace),
  ]);
  const plain = plainIn(stage);
  const texts = objects.map(([, , name], index) => [name, plain(contentOf(found[index]))]);
  return {
    objects: Object.fromEntries(texts) as Record<string, string>,
    status: JSON.parse(plain(statusOf(status))) as unknown,
    records: records
      // bug: killed between a record and its status, nopea leaves one that says nothing and never will
      .filter(record => hasStatus(record))
      .map(lineOf)
      // oldest first of each object: sorting is stable
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)),
  };
}

/** The type says that there is one. */
function hasStatus({ status }: Partial<DriftRecordObject>): boolean {
  return status !== undefined;
}

function lineOf({ spec, status }: DriftRecordObject): string {
  const { state, class: drift, decision, repeats, fields = [] } = status as Status;
  const of = `${spec.object.name}: ${drift} ${[...fields].sort().join(" ")}`;
  return `${of}: ${state}, ${decision}, ${repeats} repeats`;
}

type Status = DriftRecordObject["status"] & { readonly fields?: readonly string[] };

const nameOf = (line: string) => line.slice(0, line.indexOf(":"));

/** What tells for each object, by name, that somebody has written it: of what controllers work on, not their part. */
export async function versionsOf({ app }: Stage): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(objects.map(of => app.find<KubeObject>(...of)));
  return new Map(
    found.map((object, index) => [
      objects[index]?.[2] ?? "",
      object === undefined ? "gone" : versionOf(object),
    ]),
  );
}

function versionOf({ metadata }: KubeObject): string {
  const { uid, generation, resourceVersion, labels, annotations = {} } = metadata as Metadata;
  if (generation === undefined) return canonical({ uid, resourceVersion });
  const nopeas = Object.entries(annotations).filter(([key]) => key.startsWith("nopea.io/"));
  return canonical({ uid, generation, labels, nopeas });
}

type Metadata = KubeObject["metadata"] & { readonly generation?: number };

function plainIn({ app: { namespace }, commits }: Stage): (value: unknown) => string {
  return value =>
    commits.reduce(
      (text, commit, at) => text.replaceAll(commit, `commit ${at}`),
      canonical(value).replaceAll(namespace, "NAMESPACE"),
    );
}

/** What the server makes up for itself. */
const MADE_UP = new Set([
  "clusterIP",
  "clusterIPs",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
]);

/**
 * Companions of a suspension, seal and evidence are left out: they carry times, and there are none where the hook was
 * away.
 */
function contentOf(object: KubeObject | undefined): unknown {
  if (object === undefined) return "gone";
  const { metadata, status: _, ...content } = object as KubeObject & { readonly status?: unknown };
  const { labels, annotations = {} } = metadata;
  const kept = [SUSPEND, `${SUSPEND}-reason`].flatMap(key =>
    annotations[key] === undefined ? [] : [[key, annotations[key]]],
  );
  // the digest is of labels too, which name the namespace
  const [, applied] = (annotations["nopea.io/applied"] ?? "").split("@");
  const text = JSON.stringify(
    { ...content, labels, annotations: kept, applied },
    (key, value: unknown) => (MADE_UP.has(key) ? undefined : value),
  );
  return JSON.parse(text) as unknown;
}

/** Without times, ids, and who it was: only the hook knows that. */
function statusOf(status: RepositoryStatus): unknown {
  const { phase, lastSyncedCommit, driftCount = 0, resources, conditions = [] } = status;
  const { drift = [], suspended = [], pending = [] } = status;
  const byText = (values: readonly unknown[]) => values.map(canonical).sort();
  return {
    phase,
    lastSyncedCommit,
    driftCount,
    resources,
    conditions: byText(conditions.map(({ type, status, reason }) => ({ type, status, reason }))),
    drift: byText(
      drift.map(({ object, class: drift, fields, decision }) => ({
        object,
        drift,
        fields,
        decision,
      })),
    ),
    suspended: byText(suspended.map(({ object }) => object)),
    pending: byText(pending),
  };
}
