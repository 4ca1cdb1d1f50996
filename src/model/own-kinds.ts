/** nopea's own kinds, as the API server serves them. */
import { API_VERSION } from "./annotations";
import type { KindInfo } from "./manifest";

export const GIT_REPOSITORIES: KindInfo = ofKind("GitRepository", "gitrepositories");
export const DRIFT_RECORDS: KindInfo = ofKind("DriftRecord", "driftrecords");

function ofKind(kind: string, plural: string): KindInfo {
  return { apiVersion: API_VERSION, kind, plural, namespaced: true };
}
