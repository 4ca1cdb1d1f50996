/** Which part of nopea's HTTP port a request is for. */
import { refuse, type HttpAnswer } from "../../model/http";
import type { PushTarget } from "../../model/webhook";

export type Route =
  | { readonly to: "webhook"; readonly target: PushTarget }
  | { readonly to: "metrics" | "health" | "ready" }
  | { readonly to: "nowhere"; readonly answer: HttpAnswer };

/**
 * `POST /webhook/<namespace>/<name>`, `POST /webhook/<name>`, `GET /metrics`, `/health`, `/ready`; the method is judged
 * before the name.
 */
export function routeOf(method: string, path: string): Route {
  const to = READ.find(name => path === `/${name}`);
  if (to !== undefined) return /^(GET|HEAD)$/.test(method) ? { to } : wrongMethod("GET, HEAD");
  const [, parts] = /^\/webhook\/([^/]*(?:\/[^/]*)?)$/.exec(path) ?? [];
  if (parts === undefined) return unknown();
  if (method !== "POST") return wrongMethod("POST");
  const target = readTarget(parts.split("/").map(decode));
  return target === undefined ? badName() : { to: "webhook", target };
}

const READ = ["metrics", "health", "ready"] as const;

/** One part: a name; two: a namespace and a name. */
function readTarget(parts: readonly string[]): PushTarget | undefined {
  const name = parts.at(-1);
  if (name === undefined || !isSubdomain(name)) return undefined;
  const [namespace] = parts;
  if (parts.length === 1 || namespace === undefined) return { name };
  return isLabel(namespace) ? { namespace, name } : undefined;
}

/** Once, so that `%2561` stays what it is; "" for what cannot be decoded. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The names that Kubernetes gives to namespaces: DNS-1123 labels. */
function isLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** The names that Kubernetes gives to most objects: DNS-1123 labels with dots between them. */
function isSubdomain(text: string): boolean {
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  return text.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(text);
}

function unknown(): Route {
  const message =
    "this port has POST /webhook/<namespace>/<name>, POST /webhook/<name>, /health, /ready, /metrics";
  return { to: "nowhere", answer: refuse(404, "unknown_route", message) };
}

function wrongMethod(allow: string): Route {
  const answer = refuse(405, "method_not_allowed", `use ${allow}`);
  return { to: "nowhere", answer: { ...answer, headers: { allow } } };
}

function badName(): Route {
  const message =
    "the path must end in /webhook/<namespace>/<name> or /webhook/<name>, with the namespace and name of a GitRepository";
  return { to: "nowhere", answer: refuse(400, "bad_name", message) };
}
