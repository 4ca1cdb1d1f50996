/** nopea's own kinds, as they are followed in all namespaces. */
import { API_VERSION } from "../model/annotations";
import type { KindInfo } from "../model/manifest";

export const GIT_REPOSITORIES: KindInfo = ofKind("GitRepository", "gitrepositories");
export const DRIFT_RECORDS: KindInfo = ofKind("DriftRecord", "driftrecords");

function ofKind(kind: string, plural: string): KindInfo {
  return { apiVersion: API_VERSION, kind, plural, namespaced: true };
}
