/** The kinds that commands look at, as the API server serves them. */
import { API_VERSION } from "../../model/annotations";
import type { KindInfo } from "../../model/manifest";

export const REPOSITORIES: KindInfo = {
  apiVersion: API_VERSION,
  kind: "GitRepository",
  plural: "gitrepositories",
  namespaced: true,
};

export const RECORDS: KindInfo = {
  apiVersion: API_VERSION,
  kind: "DriftRecord",
  plural: "driftrecords",
  namespaced: true,
};

export const EVENTS: KindInfo = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};
