/** Which object `deploy/api` is: the API server is asked what it serves, as kubectl does. */
import type { KubeAnswer } from "../../adapters/kube/client";
import { groupVersionPath } from "../../adapters/kube/paths";
import type { KindInfo } from "../../model/manifest";
import type { Target } from "../api/ask";
import { part, parts, text } from "../api/fields";
import { oneNamespace } from "../api/one-namespace";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { CommandError, EXIT, type Context } from "../context";
import { parseNamed, resourcesOf, type Named, type Resource } from "./type-name";

type Asking = Pick<Context, "kube" | "signal" | "namespace" | "allNamespaces" | "server">;

const OWN_NAMES = new Set(["gr", "gitrepo", "gitrepository", "gitrepositories"]);

/** The object that an argument means: without a slash it is a GitRepository. */
export async function resolve(context: Asking, argument: string): Promise<Target> {
  const namespace = oneNamespace(context);
  if (!argument.includes("/")) return { kind: GIT_REPOSITORIES, namespace, name: argument };
  const named = parseNamed(argument);
  if (named === undefined) {
    const right = "An object is named type/name (deploy/api, deployments.apps/api, cm/settings)";
    throw new CommandError(`${argument} names no object. ${right}.`, EXIT.usage);
  }
  const kind = await kindOf(context, named);
  return { kind, namespace: kind.namespaced ? namespace : "", name: named.name };
}

/** True for a GitRepository of nopea's, not for one of another program. */
export function isRepository({ kind }: Target): boolean {
  return kind.kind === GIT_REPOSITORIES.kind && kind.apiVersion === GIT_REPOSITORIES.apiVersion;
}

async function kindOf(context: Asking, named: Named): Promise<KindInfo> {
  const { resource, group } = named;
  // other programs have a kind of this name too
  if (group === "" && OWN_NAMES.has(resource)) return GIT_REPOSITORIES;
  const found = group === "" ? await anywhere(context, resource) : await inGroup(context, named);
  if (found !== undefined) return found.kind;
  const type = group === "" ? resource : `${resource}.${group}`;
  throw new CommandError(
    `The cluster at ${context.server} knows no kind "${type}".\nkubectl api-resources lists those that it knows.`,
    EXIT.usage,
  );
}

/** The core group comes first, then the others in the API server's order. */
async function anywhere(context: Asking, resource: string): Promise<Resource | undefined> {
  const core = find(await documentOf(context, "v1"), resource);
  if (core !== undefined) return core;
  return findIn(
    context,
    (await groups(context)).flatMap(({ preferred }) => preferred),
    resource,
  );
}

async function inGroup(context: Asking, { resource, group }: Named): Promise<Resource | undefined> {
  const served = await groups(context);
  const whole = served.find(({ name }) => name === group);
  if (whole !== undefined) return findIn(context, whole.preferred, resource);
  const [, version = "", rest = ""] = /^(v\d\w*)\.?(.*)$/.exec(group) ?? [];
  if (version === "") return undefined;
  return findIn(context, [rest === "" ? version : `${rest}/${version}`], resource);
}

async function findIn(
  context: Asking,
  versions: readonly string[],
  resource: string,
): Promise<Resource | undefined> {
  const documents = await Promise.all(versions.map(version => documentOf(context, version)));
  return documents.map(document => find(document, resource)).find(found => found !== undefined);
}

function find(resources: readonly Resource[], resource: string): Resource | undefined {
  // a plural is one resource's alone, a short name may be several's
  return (
    resources.find(({ kind }) => kind.plural === resource) ??
    resources.find(({ names }) => names.has(resource))
  );
}

/** A group whose server is away has no resources for now. */
async function documentOf(context: Asking, apiVersion: string): Promise<readonly Resource[]> {
  const { kube, signal } = context;
  const answer = await kube({ path: groupVersionPath(apiVersion), signal });
  refuseStrangers(context, answer);
  return answer.status < 300 ? resourcesOf(apiVersion, answer.body) : [];
}

/** Every kind that is served in namespaces, in the version that its group prefers. */
export async function namespacedKinds(context: Asking): Promise<readonly KindInfo[]> {
  const versions = (await groups(context)).flatMap(({ preferred }) => preferred.slice(0, 1));
  const documents = await Promise.all(["v1", ...versions].map(each => documentOf(context, each)));
  return documents.flatMap(each => each.map(({ kind }) => kind).filter(kind => kind.namespaced));
}

interface Group {
  readonly name: string;
  /** The version to use; then the others, which may have what it has not. */
  readonly preferred: readonly string[];
}

async function groups(context: Asking): Promise<readonly Group[]> {
  const { kube, signal } = context;
  const answer = await kube({ path: "/apis", signal });
  refuseStrangers(context, answer);
  return parts(answer.body, "groups").map(group => {
    const first = text(part(group, "preferredVersion"), "groupVersion");
    const all = parts(group, "versions").map(version => text(version, "groupVersion"));
    const preferred = [first, ...all.filter(each => each !== first)].filter(each => each !== "");
    return { name: text(group, "name"), preferred };
  });
}

function refuseStrangers({ server }: Asking, { status }: KubeAnswer): void {
  if (status !== 401 && status !== 403) return;
  const why = status === 401 ? "does not accept these credentials" : "does not show what it serves";
  throw new CommandError(
    `${server} ${why} (HTTP ${status}).\nLog in again, or use another --context.`,
  );
}
