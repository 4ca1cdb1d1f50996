/** GitRepositories as the API server holds them: which there are, and their status. */
import { API_GROUP } from "../../model/annotations";
import { NopeaError } from "../../model/errors";
import type { RepositoryId, RepositoryStatus } from "../../model/git-repository";
import { isList, isObject } from "../../model/json";
import { JSON_PATCH, METADATA_LIST_ONLY, METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound, isAnother } from "./faults";

const STATUS_MANAGER = "nopea";

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
  const patch = [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "add", path: "/status", value: status },
  ];
  const answer = await kube({
    method: "PATCH",
    path,
    query: { fieldManager: STATUS_MANAGER },
    contentType: JSON_PATCH,
    accept: METADATA_ONLY,
    body: JSON.stringify(patch),
    signal,
  });
  if (answer.status < 300 || answer.status === 404 || isAnother(answer)) return;
  const message = typeof answer.body.message === "string" ? answer.body.message : "";
  throw new NopeaError("cluster-unreachable", `PATCH ${path}: ${answer.status} ${message}`);
}

/** One GitRepository. */
export function repositoryPath({ namespace, name }: Omit<RepositoryId, "uid">): string {
  return `${repositoriesPath(namespace)}/${name}`;
}

function repositoriesPath(namespace: string): string {
  return `/apis/${API_GROUP}/v1alpha1/namespaces/${namespace}/gitrepositories`;
}
