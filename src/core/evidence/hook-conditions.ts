/** Whose requests reach the hooks, in the API server's own words (CEL): what it sorts out costs no call. */
import { ANNOTATION_MANUAL_EDIT } from "../../model/annotations";
import { EXTRA_WRITER } from "../../model/hooks";
import type { JsonObject } from "../../model/json";

const USER = "request.userInfo.username";

/** A service account of nopea's, or an account that nopea borrows. */
const IS_NOPEA = [
  `${USER} == "system:serviceaccount:pepr-system:pepr-nopea"`,
  `has(request.userInfo.extra) && "${EXTRA_WRITER}" in request.userInfo.extra`,
]
  .map(condition => `(${condition})`)
  .join(" || ");

const HAS_STAMP = [
  "oldObject != null",
  "has(oldObject.metadata.annotations)",
  `"${ANNOTATION_MANUAL_EDIT}" in oldObject.metadata.annotations`,
].join(" && ");

/** What keeps a cluster running; the garbage collector is one of the accounts. */
const NOT_THE_CLUSTER: readonly JsonObject[] = [
  { name: "not-a-node", expression: `!${USER}.startsWith("system:node:")` },
  {
    name: "not-a-component",
    expression: `!${USER}.startsWith("system:kube-") && ${USER} != "system:apiserver"`,
  },
  {
    name: "not-a-controller",
    expression: `!${USER}.startsWith("system:serviceaccount:kube-system:")`,
  },
];

/** Everybody else, and nopea where a stamp has to go. */
export const EVIDENCE_CONDITIONS: readonly JsonObject[] = [
  ...NOT_THE_CLUSTER,
  { name: "not-nopea-unless-stamped", expression: `!(${IS_NOPEA}) || (${HAS_STAMP})` },
];

/** Everybody else. */
export const WITNESS_CONDITIONS: readonly JsonObject[] = [
  ...NOT_THE_CLUSTER,
  { name: "not-nopea", expression: `!(${IS_NOPEA})` },
];
