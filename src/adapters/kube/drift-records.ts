/** DriftRecords as the API server keeps them, each beside its GitRepository. */
import type { Episode } from "../../model/episode";
import { API_GROUP, LABEL_REPOSITORY } from "../../model/annotations";
import { NopeaError, type ErrorCode } from "../../model/errors";
import type { RepositoryId } from "../../model/git-repository";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import { ownerMarks, type Sha256 } from "../../model/ownership";
import type { DriftRecords } from "../../ports";
import {
  APPLY_PATCH,
  JSON_PATCH,
  METADATA_ONLY,
  type Kube,
  type KubeAnswer,
  type KubeRequest,
} from "./client";
import { patchBody } from "./patch-body";
import { hasNoPlace, serverMessage } from "./faults";
import { causesOf } from "./refusal";

const MANAGER = "nopea";
const PAGE = "500";
/** More names than that are forgotten, oldest first: what others added to their status stays then. */
const MOST_KNOWN = 10_000;

/** How records are written and read, and labelled. */
export interface RecordTools {
  readonly write: (repository: RepositoryId, episode: Episode) => JsonObject;
  /** Undefined for what is no record. */
  readonly read: (object: unknown) => Episode | undefined;
  readonly sha256: Sha256;
}

/** One request a write; two where somebody has changed more of a record than its status. */
export function createDriftRecords(kube: Kube, tools: RecordTools): DriftRecords {
  const known = new Set<string>();
  const see = (path: string) => {
    known.delete(path);
    known.add(path);
    const [oldest] = known;
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  };
  return {
    async list(repository, signal) {
      const { labels } = ownerMarks(repository, tools.sha256);
      const labelSelector = `${LABEL_REPOSITORY}=${labels[LABEL_REPOSITORY] ?? ""}`;
      const items = await list(kube, { repository, labelSelector }, signal);
      const episodes = items
        .filter(item => isOf(repository, item))
        .flatMap(item => tools.read(item) ?? []);
      for (const { record } of episodes) see(pathOf(repository, record));
      return episodes.sort((a, b) => (a.record < b.record ? -1 : 1));
    },
    async write(repository, episode, signal) {
      const path = pathOf(repository, episode.record);
      const object = tools.write(repository, episode);
      if (known.has(path) && (await replaceStatus(kube, { path, object }, signal))) return;
      if (await writeRecord(kube, { path, object }, signal)) see(path);
    },
    async remove(repository, record, signal) {
      const path = pathOf(repository, record);
      known.delete(path);
      await send(kube, { method: "DELETE", path, accept: METADATA_ONLY, signal }, isMissing);
    },
  };
}

/** Of one record of a repository, or of all in its namespace. */
export function pathOf({ namespace }: RepositoryId, record?: string): string {
  const collection = `/apis/${API_GROUP}/v1alpha1/namespaces/${namespace}/driftrecords`;
  return record === undefined ? collection : `${collection}/${encodeURIComponent(record)}`;
}

interface Asked {
  readonly repository: RepositoryId;
  readonly labelSelector: string;
}

async function list(kube: Kube, of: Asked, signal: AbortSignal): Promise<readonly Json[]> {
  const path = pathOf(of.repository);
  const found: Json[] = [];
  let next = "";
  do {
    const query = { labelSelector: of.labelSelector, limit: PAGE, continue: next };
    const answer = await send(kube, { path, query, signal }, isMissing);
    // the continue token is too old: begin again
    if (answer.status === 410) return list(kube, of, signal);
    found.push(...(isList(answer.body.items) ? answer.body.items : []));
    const { metadata } = answer.body;
    next = isObject(metadata) && typeof metadata.continue === "string" ? metadata.continue : "";
  } while (next !== "");
  return found;
}

/** By the uid of its owner: another repository may have had the same name. */
function isOf({ uid, name }: RepositoryId, item: Json): boolean {
  const { metadata, spec } = isObject(item) ? item : {};
  const references = isObject(metadata) ? metadata.ownerReferences : undefined;
  const owners = isList(references) ? references.filter(isObject) : [];
  const repositories = owners.filter(({ kind }) => kind === "GitRepository");
  return repositories.length > 0
    ? repositories.some(owner => owner.uid === uid)
    : isObject(spec) && spec.repository === name;
}

interface Stored {
  readonly path: string;
  readonly object: JsonObject;
}

/** False: it is gone, or somebody has changed what else there is of it. */
async function replaceStatus(
  kube: Kube,
  { path, object }: Stored,
  signal: AbortSignal,
): Promise<boolean> {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  const patch = [
    { op: "test", path: "/spec", value: object.spec },
    { op: "test", path: LABEL_POINTER, value: labels[LABEL_REPOSITORY] },
    { op: "test", path: "/metadata/ownerReferences", value: metadata.ownerReferences },
    { op: "add", path: "/status", value: object.status },
  ];
  const request: KubeRequest = {
    method: "PATCH",
    path,
    query: { fieldManager: MANAGER },
    contentType: JSON_PATCH,
    accept: METADATA_ONLY,
    body: JSON.stringify(patch),
    signal,
  };
  const answer = await send(kube, request, isAnother);
  return answer.status < 300;
}

const LABEL_POINTER = `/metadata/labels/${pointerToken(LABEL_REPOSITORY)}`;

/** It is not there, or a test failed: a status that is invalid gets a 422 as well, but with causes. */
function isAnother({ status, body }: KubeAnswer): boolean {
  return status === 404 || (status === 422 && causesOf(body).length === 0);
}

/** Makes it, or makes it as it was; false: there is no place for it any more. */
export async function writeRecord(
  kube: Kube,
  { path, object }: Stored,
  signal: AbortSignal,
): Promise<boolean> {
  const request: KubeRequest = {
    method: "PATCH",
    path,
    query: { fieldManager: MANAGER, force: "true" },
    contentType: APPLY_PATCH,
    accept: METADATA_ONLY,
    body: patchBody(object),
    signal,
  };
  const answer = await send(kube, request, hasNoPlace);
  return answer.status < 300;
}

/** Not there, or (a list) not any more. */
function isMissing({ status }: KubeAnswer): boolean {
  return status === 404 || status === 410;
}

/** Rejects unless it went well, or in the way that is expected. */
async function send(
  kube: Kube,
  request: KubeRequest,
  isExpected: (answer: KubeAnswer) => boolean,
): Promise<KubeAnswer> {
  const answer = await kube(request);
  if (answer.status < 300 || isExpected(answer)) return answer;
  const { method = "GET", path } = request;
  const message = `${method} ${path}: ${answer.status} ${serverMessage(answer.body)}`;
  throw new NopeaError(codeOf(answer), message.trimEnd());
}

function codeOf({ status }: KubeAnswer): ErrorCode {
  if (status === 403) return "object-forbidden";
  return status >= 500 || status === 401 || status === 429
    ? "cluster-unreachable"
    : "object-refused";
}
