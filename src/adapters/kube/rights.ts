/** What an account may apply, as the API server's own authorizers say (SubjectAccessReview). */
import { accountUser, type Account } from "../../model/account";
import { NopeaError } from "../../model/errors";
import { isObject, toJson, type JsonObject } from "../../model/json";
import { groupOf, type Desired } from "../../model/manifest";
import { formatKey } from "../../model/object-key";
import type { Fault } from "../../model/verdict";
import { METADATA_ONLY, type Kube } from "./client";
import { failUnlessFound, serverMessage } from "./faults";
import { collectionPath } from "./paths";

export interface Rights {
  /** Why nobody can write as this account; undefined: somebody can. Rejects where the API server does not say. */
  absence(account: Account | undefined, signal: AbortSignal): Promise<Fault | undefined>;
  /** By formatKey: what the account may not apply. Rejects where the API server does not say. */
  forbidden(
    account: Account,
    desired: readonly Desired[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Fault>>;
}

/** So long a right counts as there: a heal does not wait for the question. What is refused is asked anew. */
const GRANTED_MS = 30_000;
const MOST_GRANTED = 10_000;
const AT_ONCE = 16;

/** Remembers for a while what was granted. */
export function createRights(kube: Kube, now = () => performance.now()): Rights {
  const lately = createMemory(now);
  const isThere = (account: Account, signal: AbortSignal) =>
    lately(accountPath(account), () => find(kube, account, signal));

  const mayPatch = (account: Account, resource: JsonObject, signal: AbortSignal) => {
    const body = reviewOf(account, resource);
    return lately(body, () => review(kube, body, signal));
  };

  async function ofGroup(account: Account, group: readonly Desired[], signal: AbortSignal) {
    const [first] = group;
    if (first === undefined || (await mayPatch(account, resourceOf(first), signal))) return [];
    // roles may name single objects
    const refused: Desired[] = [];
    const queue = group.values();
    const worker = async () => {
      for (const desired of queue) {
        const resource = { ...resourceOf(desired), name: desired.key.name };
        if (!(await mayPatch(account, resource, signal))) refused.push(desired);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, group.length) }, worker));
    return refused;
  }

  return {
    async absence(account, signal) {
      const isNobody = account !== undefined && !(await isThere(account, signal));
      return isNobody ? absenceOf(account) : undefined;
    },
    async forbidden(account, desired, signal) {
      if (desired.length === 0) return new Map();
      if (!(await isThere(account, signal))) return missing(account, desired);
      const groups = [...groupsOf(desired).values()];
      const refused = await Promise.all(groups.map(group => ofGroup(account, group, signal)));
      return new Map(
        refused.flat().map(item => [formatKey(item.key), refusal(account, item)] as const),
      );
    },
  };
}

/** Answers true at once where a question was found true a moment ago. */
function createMemory(now: () => number) {
  const granted = new Map<string, number>();
  return async (question: string, ask: () => Promise<boolean>): Promise<boolean> => {
    if ((granted.get(question) ?? 0) > now()) return true;
    const isSo = await ask();
    if (granted.size >= MOST_GRANTED) granted.clear();
    if (isSo) granted.set(question, now() + GRANTED_MS);
    else granted.delete(question);
    return isSo;
  };
}

/** Impersonation asks for no account: a role that is bound to one that is gone would still let nopea in. */
async function find(kube: Kube, account: Account, signal: AbortSignal): Promise<boolean> {
  const path = accountPath(account);
  return failUnlessFound(await kube({ path, accept: METADATA_ONLY, signal }), path);
}

async function review(kube: Kube, body: string, signal: AbortSignal): Promise<boolean> {
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const answer = await kube({
    method: "POST",
    path,
    contentType: "application/json",
    body,
    signal,
  });
  const { status } = answer.body;
  if (answer.status < 300 && isObject(status)) return status.allowed === true;
  const why = `POST ${path}: ${answer.status} ${serverMessage(answer.body)}`.trimEnd();
  throw new NopeaError("cluster-unreachable", why);
}

/** The groups are those that impersonation gives to an account. */
function reviewOf(account: Account, resource: JsonObject): string {
  const groups = [
    "system:serviceaccounts",
    `system:serviceaccounts:${account.namespace}`,
    "system:authenticated",
  ];
  return toJson({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: accountUser(account),
      groups,
      resourceAttributes: { verb: "patch", ...resource },
    },
  });
}

/** All of a kind in a namespace, without a name. */
function resourceOf({ kind, key }: Desired): JsonObject {
  const [version = ""] = kind.apiVersion.split("/").slice(-1);
  const { namespace } = key;
  return { group: groupOf(kind.apiVersion), version, resource: kind.plural, namespace };
}

function groupsOf(desired: readonly Desired[]): ReadonlyMap<string, readonly Desired[]> {
  const groups = new Map<string, Desired[]>();
  for (const item of desired) {
    const place = collectionPath(item.kind, item.key.namespace);
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [item]);
    else group.push(item);
  }
  return groups;
}

function absenceOf({ namespace, name }: Account): Fault {
  const message = `ServiceAccount ${namespace}/${name} does not exist`;
  return { code: "account-not-found", message };
}

function missing(account: Account, desired: readonly Desired[]): ReadonlyMap<string, Fault> {
  const fault = absenceOf(account);
  return new Map(desired.map(({ key }) => [formatKey(key), fault] as const));
}

/** In the API server's own words. */
function refusal(account: Account, { kind, key }: Desired): Fault {
  const where =
    key.namespace === "" ? "at the cluster scope" : `in the namespace "${key.namespace}"`;
  const what = `resource "${kind.plural}" in API group "${groupOf(kind.apiVersion)}"`;
  const message = `User "${accountUser(account)}" cannot patch ${what} ${where}`;
  return { code: "account-forbidden", message };
}

function accountPath({ namespace, name }: Account): string {
  const [inNamespace, named] = [encodeURIComponent(namespace), encodeURIComponent(name)];
  return `/api/v1/namespaces/${inNamespace}/serviceaccounts/${named}`;
}
