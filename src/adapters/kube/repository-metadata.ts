/** What nopea itself writes into the metadata of a GitRepository: its finalizer, and the end of a confirmation. */
import { ANNOTATION_CONFIRM_PRUNE, API_GROUP, FINALIZER } from "../../model/annotations";
import { NopeaError } from "../../model/errors";
import type { RepositoryId } from "../../model/git-repository";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import { pointerToken } from "../../model/json-pointer";
import { METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound, isAnother } from "./faults";
import { patchFailure, patchRepository, repositoryPath } from "./repositories";

type Operations = readonly { readonly op: string; readonly path: string; readonly value?: Json }[];

/** Somebody else may write between the look and the patch, so often. */
const ROUNDS = 10;

/** Puts nopea's finalizer on, or takes it off. A repository that is gone, or going already, gets none. */
export async function setFinalizer(
  kube: Kube,
  id: RepositoryId,
  isWanted: boolean,
  signal: AbortSignal,
): Promise<void> {
  const change = (metadata: JsonObject): Operations => {
    const finalizers = isList(metadata.finalizers) ? metadata.finalizers : [];
    const has = finalizers.includes(FINALIZER);
    // the API server takes no new finalizer on what is being deleted
    if (has === isWanted || (isWanted && metadata.deletionTimestamp !== undefined)) return [];
    const others = finalizers.filter(finalizer => finalizer !== FINALIZER);
    const value = isWanted ? [...others, FINALIZER] : others;
    return [{ op: "add", path: "/metadata/finalizers", value }];
  };
  await amend(kube, id, change, signal);
}

/** Takes nopea.io/confirm-prune off, if it still names this commit: what it confirmed is done. */
export async function takeConfirmation(
  kube: Kube,
  id: RepositoryId,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  const path = `/metadata/annotations/${pointerToken(ANNOTATION_CONFIRM_PRUNE)}`;
  const change = ({ annotations }: JsonObject): Operations =>
    isObject(annotations) && annotations[ANNOTATION_CONFIRM_PRUNE] === commit
      ? [{ op: "remove", path }]
      : [];
  await amend(kube, id, change, signal);
}

type Change = (metadata: JsonObject) => Operations;

async function amend(
  kube: Kube,
  id: RepositoryId,
  change: Change,
  signal: AbortSignal,
): Promise<void> {
  const path = repositoryPath(id);
  for (let round = 1; round <= ROUNDS; round++) {
    const found = await kube({ path, accept: METADATA_ONLY, signal });
    if (!failUnlessFound(found, path)) return;
    const metadata = isObject(found.body.metadata) ? found.body.metadata : {};
    const operations = metadata.uid === id.uid ? change(metadata) : [];
    if (operations.length === 0 || (await patch(kube, path, { metadata, operations }, signal)))
      return;
  }
  throw new NopeaError("cluster-unreachable", `${path} changes all the time`);
}

interface Amendment {
  readonly metadata: JsonObject;
  readonly operations: Operations;
}

/** False: somebody else was faster. */
async function patch(
  kube: Kube,
  path: string,
  { metadata, operations }: Amendment,
  signal: AbortSignal,
): Promise<boolean> {
  const tests = ["uid", "resourceVersion"].map(name => ({
    op: "test",
    path: `/metadata/${name}`,
    value: metadata[name] ?? "",
  }));
  const answer = await patchRepository(kube, path, [...tests, ...operations], signal);
  if (answer.status === 409 || isAnother(answer)) return false;
  if (answer.status < 300 || answer.status === 404) return true;
  throw patchFailure(path, answer);
}

/** True while the definition of GitRepositories is being deleted, and every GitRepository with it. */
export async function isUninstalled(kube: Kube, signal: AbortSignal): Promise<boolean> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gitrepositories.${API_GROUP}`;
  const found = await kube({ path, accept: METADATA_ONLY, signal });
  if (!failUnlessFound(found, path)) return true;
  const { metadata } = found.body;
  return isObject(metadata) && metadata.deletionTimestamp !== undefined;
}
