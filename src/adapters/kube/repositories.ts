/** GitRepositories as the API server holds them: which there are, and their status. */
import { API_GROUP } from "../../model/annotations";
import { NopeaError } from "../../model/errors";
import type { RepositoryId, RepositoryStatus } from "../../model/git-repository";
import { isList, isObject } from "../../model/json";
import {
  JSON_PATCH,
  METADATA_LIST_ONLY,
  METADATA_ONLY,
  type Kube,
  type KubeAnswer,
} from "./client";
import { failUnlessFound, isAnother, serverMessage } from "./faults";

const MANAGER = "nopea";

/** Names of the GitRepositories of a namespace. */
export async function repositoryNames(
  kube: Kube,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = repositoriesPath(namespace);
  const answer = await kube({ path, accept: METADATA_LIST_ONLY, signal });
  failUnlessFound(answer, path);
  const items = isList(answer.body.items) ? answer.body.items : [];
  return items.flatMap(item => {
    const metadata = isObject(item) && isObject(item.metadata) ? item.metadata : {};
    return typeof metadata.name === "string" ? [metadata.name] : [];
  });
}

/** Replaces the status; a repository that is gone (or was made anew under the same name) is no error. */
export async function writeStatus(
  kube: Kube,
  { namespace, name, uid }: RepositoryId,
  status: RepositoryStatus,
  signal: AbortSignal,
): Promise<void> {
  const path = `${repositoryPath({ namespace, name })}/status`;
  // an apply to a status does not look at the uid: the test keeps a new repository from getting an old one's status
  const answer = await patchRepository(
    kube,
    path,
    [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "add", path: "/status", value: status },
    ],
    signal,
  );
  if (answer.status < 300 || answer.status === 404 || isAnother(answer)) return;
  throw patchFailure(path, answer);
}

/** A JSON patch of a GitRepository or its status, from which nothing but the metadata comes back. */
export function patchRepository(
  kube: Kube,
  path: string,
  operations: readonly object[],
  signal: AbortSignal,
): Promise<KubeAnswer> {
  return kube({
    method: "PATCH",
    path,
    query: { fieldManager: MANAGER },
    contentType: JSON_PATCH,
    accept: METADATA_ONLY,
    body: JSON.stringify(operations),
    signal,
  });
}

/** What a patch was refused for. */
export function patchFailure(path: string, { status, body }: KubeAnswer): NopeaError {
  return new NopeaError("cluster-unreachable", `PATCH ${path}: ${status} ${serverMessage(body)}`);
}

/** One GitRepository. */
export function repositoryPath({ namespace, name }: Omit<RepositoryId, "uid">): string {
  return `${repositoriesPath(namespace)}/${name}`;
}

function repositoriesPath(namespace: string): string {
  return `/apis/${API_GROUP}/v1alpha1/namespaces/${namespace}/gitrepositories`;
}
