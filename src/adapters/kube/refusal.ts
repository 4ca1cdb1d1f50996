/** What kind of refusal the answer to a write is: by its status, and where that says too little by the API server's sentences. */
import type { ErrorCode } from "../../model/errors";
import { isList, isObject, type JsonObject } from "../../model/json";
import type { KubeAnswer } from "./client";

/** The error code of a refused write; `group` is that of the object. */
export function writeCode(answer: KubeAnswer, group: string): ErrorCode {
  for (const [code, isIt] of RULES) if (isIt(answer)) return code;
  if (NO_SERVER.has(answer.status) && group !== "") return "kind-unavailable";
  return NO_ANSWER.has(answer.status) ? "cluster-unreachable" : "object-refused";
}

/** It is not about this object: nobody is let in, or nobody answers. */
const NO_ANSWER = new Set([401, 429, 503, 504]);
/** Of them, those that an aggregated API's server may cause. */
const NO_SERVER = new Set([503, 504]);

/** The first one counts. A webhook answers with whatever status it likes: what it says comes before what that means. */
const RULES: readonly (readonly [ErrorCode, (answer: KubeAnswer) => boolean])[] = [
  ["admission-denied", ({ body }) => isDenied(body)],
  ["webhook-failed", ({ body }) => says(body, /failed calling webhook|conversion webhook for /)],
  ["object-too-large", isTooLarge],
  ["unknown-field", ({ body }) => says(body, /field not declared in schema/)],
  ["immutable-field", answer => immutableFields(answer).length > 0],
  ["namespace-not-found", ({ status, body }) => status === 404 && aboutNamespace(body)],
  ["reference-not-found", ({ status, body }) => status === 404 && isNamed(body)],
  ["kind-not-found", ({ status }) => status === 404],
  ["object-terminating", ({ status, body }) => status === 403 && isLeaving(body)],
  ["quota-exceeded", ({ status, body }) => status === 403 && says(body, /: exceeded quota: /)],
  ["admission-denied", isOfPlugin],
  ["object-forbidden", ({ status }) => status === 403],
];

/** A webhook or a policy of the cluster refuses it. */
export function isDenied(body: JsonObject): boolean {
  return says(
    body,
    /^admission webhook "[^"]*" denied the request|Policy '[^']*' .*denied request:/,
  );
}

/** The API server's own admission refuses it: who may do what is told with the name of a user. */
function isOfPlugin({ status, body }: KubeAnswer): boolean {
  return status === 403 && says(body, / is forbidden: /) && !says(body, /\buser "/i);
}

/** For the API server, for etcd, or for what a ConfigMap, a Secret or annotations may hold. */
function isTooLarge({ status, body }: KubeAnswer): boolean {
  return (
    status === 413 ||
    says(body, /request is too large|message larger than max|Too long: .*\b(1048576|262144)\b/)
  );
}

/** True for an object that is refused since its namespace is going. */
export function isLeaving(body: JsonObject): boolean {
  return causesOf(body).some(({ reason }) => reason === "NamespaceTerminating");
}

/** True where a namespace is missing. */
export function aboutNamespace(body: JsonObject): boolean {
  return isObject(body.details) && body.details.kind === "namespaces";
}

/** An object that is written need not be there: what is missing is one that it names. */
function isNamed({ details }: JsonObject): boolean {
  return isObject(details) && typeof details.name === "string" && details.name !== "";
}

/** How the API server's own validation says that a field may not change; CustomResourceDefinitions say what they like. */
const IMMUTABLE =
  /\bimmutable\b|^updates to .* are forbidden|^may not (be )?changed?\b|^cannot change |may not change fields other than|can not be unset$/;

/** Fields that may not change, each with what is said of it, and no value; none where anything else is wrong as well. */
export function immutableFields({ status, body }: KubeAnswer): readonly string[] {
  const causes = status === 422 ? causesOf(body) : [];
  const details = causes.map(({ message }) => detailOf(typeof message === "string" ? message : ""));
  if (!details.every(detail => IMMUTABLE.test(detail))) return [];
  const told = causes.map(({ field }, at) => {
    const where = typeof field === "string" && field !== "" ? `${field}: ` : "";
    return `${where}${details[at] ?? ""}`;
  });
  return [...new Set(told)];
}

/** `Invalid value: <value>: <detail>`, `Forbidden: <detail>`; what follows in further lines shows values. */
function detailOf(message: string): string {
  const forbidden = /^Forbidden: ([^\n]*)/.exec(message)?.[1];
  return forbidden ?? message.slice(message.lastIndexOf(": ") + 1).trim();
}

function says({ message }: JsonObject, what: RegExp): boolean {
  return typeof message === "string" && what.test(message);
}

/** The single reasons that a Status gives. */
export function causesOf({ details }: JsonObject): readonly JsonObject[] {
  return isObject(details) && isList(details.causes) ? details.causes.filter(isObject) : [];
}
