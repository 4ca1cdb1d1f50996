/** ServiceAccounts with rights of their own, as an administrator makes them. */
import type { KubeObject } from "../../src/local/kube-types";
import { accountUser, type Account } from "../../src/model/account";
import { eventually, type TestCluster } from "./cluster";

const rbac = "rbac.authorization.k8s.io";

/** What a role lets do: API group, resources, verbs, and names where it names single objects. */
export type Rule = readonly [
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  names?: readonly string[],
];

/** Makes the account. */
export async function createAccount(
  { admin }: TestCluster,
  { namespace, name }: Account,
): Promise<void> {
  const metadata = { namespace, name };
  await admin.create({ apiVersion: "v1", kind: "ServiceAccount", metadata });
}

/** A Role of this name in the namespace, bound to the account; it counts when this resolves. */
export async function grantRole(
  cluster: TestCluster,
  account: Account,
  { namespace, name, rules }: { namespace: string; name: string; rules: readonly Rule[] },
): Promise<void> {
  const { admin } = cluster;
  const metadata = { namespace, name };
  await admin.create({
    apiVersion: `${rbac}/v1`,
    kind: "Role",
    metadata,
    rules: rules.map(([group, resources, verbs, resourceNames]) => ({
      apiGroups: [group],
      resources,
      verbs,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    })),
  });
  await admin.create({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: rbac, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", ...account }],
  });
  for (const [group, resources, [verb = "*"], [object] = []] of rules) {
    for (const resource of resources) {
      const place = {
        namespace,
        group,
        resource,
        ...(object === undefined ? {} : { name: object }),
      };
      await untilMay(cluster, subjectOf(account), { verb, ...place });
    }
  }
}

interface Attributes {
  readonly verb: string;
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** Who an account is to the API server. */
export function subjectOf(account: Account): Subject {
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${account.namespace}`];
  return { user: accountUser(account), groups };
}

/** The API server's authorizer hears of roles a moment after they are made. */
export async function untilMay(
  { admin }: TestCluster,
  { user, groups = [] }: Subject,
  resourceAttributes: Attributes,
): Promise<void> {
  await eventually(async () => {
    const { status } = await admin.create<KubeObject & { status?: { allowed: boolean } }>({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      metadata: { name: "" },
      spec: { user, groups, resourceAttributes },
    });
    if (status?.allowed === true) return true;
    throw new Error(`${user} may not ${JSON.stringify(resourceAttributes)}`);
  }, 10_000);
}
