/** Writes as a ServiceAccount, on the real API server with real RBAC: who is seen to write, and what an account may not. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { actingAs } from "../../../src/adapters/kube/client";
import { createRights } from "../../../src/adapters/kube/rights";
import type { Account } from "../../../src/model/account";
import { groupOf, type Desired, type KindInfo, type Manifest } from "../../../src/model/manifest";
import type { StepOutcome } from "../../../src/model/outcome";
import type { Step } from "../../../src/model/plan";
import { auditMark, requestsSince } from "../../support/audit";
import { testCluster, uniqueSuffix } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect, connectCluster } from "../../support/kube-adapter";
import { createAccount, grantRole, subjectOf, untilMay } from "../../support/tenant";

const server = testCluster();
const kube = connect(server.adminAccess);
const cluster = connectCluster(server.adminAccess);
const { signal } = new AbortController();

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const SECRET = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespaced: true };
const CLUSTER_ROLE = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
};

let home: string;
let elsewhere: string;
let account: Account;
beforeAll(async () => {
  home = await server.createNamespace("tenant");
  elsewhere = await server.createNamespace("elsewhere");
});

/** An account that may do anything to ConfigMaps of its namespace. */
beforeEach(async () => {
  account = { namespace: home, name: `deployer-${uniqueSuffix()}` };
  await createAccount(server, account);
  const rules = [["", ["configmaps"], ["*"]]] as const;
  await grantRole(server, account, { namespace: home, name: account.name, rules });
});

function desired(name: string, kind: KindInfo = CONFIG_MAP, namespace = home): Desired {
  const { apiVersion } = kind;
  const place = kind.namespaced ? { namespace } : {};
  const metadata: Manifest["metadata"] = { name, ...place };
  const manifest = { apiVersion, kind: kind.kind, metadata, data: { k: "git" } };
  const key = {
    group: groupOf(apiVersion),
    kind: kind.kind,
    name,
    namespace: kind.namespaced ? namespace : "",
  };
  return { key, kind, manifest, digest: "d1", source: { file: "a.yaml", line: 1 } };
}

async function write(step: Partial<Step> & Pick<Step, "desired">): Promise<StepOutcome> {
  const outcomes: StepOutcome[] = [];
  const whole = { manifest: step.desired.manifest, force: true, held: [], ...step };
  const plan = { stages: [[whole]], fieldManager: "nopea:x/app", account, commit: "c1" };
  await cluster.execute(plan, outcome => outcomes.push(outcome), signal);
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}

async function create(one = desired(`c-${uniqueSuffix()}`)) {
  const outcome = await write({ desired: one });
  if (outcome.result !== "applied") throw new Error(JSON.stringify(outcome));
  return { one, live: outcome.sighting.live };
}

/** Who wrote what since the mark: "patch apply <account> <extra>". */
async function writesSince(mark: number) {
  const requests = await requestsSince(server.auditLog, mark, { user: "nopea-test-admin" });
  return requests
    .filter(({ namespace }) => namespace === home)
    .filter(({ verb, resource }) => verb === "patch" && resource === "configmaps")
    .map(({ uri, impersonated, extra }) => {
      const how = uri.includes("dryRun") ? "dry run" : uri.includes("force=") ? "apply" : "patch";
      return [how, impersonated === userOf(account) ? "account" : impersonated, extra];
    });
}

const userOf = ({ namespace, name }: Account) => `system:serviceaccount:${namespace}:${name}`;
const MARK = { "nopea.io/writer": ["nopea"] };

describe("every kind of write is made as the account, marked as nopea's", () => {
  test("an apply that creates, and one that updates after a patch", async () => {
    const mark = await auditMark(server.auditLog);
    const { one, live } = await create();
    const replace = [{ op: "add", path: "/data/more", value: "1" }] as const;
    expect(await write({ desired: one, on: live, replace })).toMatchObject({ result: "applied" });
    expect(await writesSince(mark)).toEqual([
      ["apply", "account", MARK],
      ["patch", "account", MARK],
      ["apply", "account", MARK],
    ]);
  });

  test("a stamp that is taken off, and a suspension that is released", async () => {
    const { one } = await create();
    const { metadata } = await server.admin.patch(
      { ...one.manifest, namespace: home, name: one.key.name },
      {
        metadata: { annotations: { "nopea.io/manual-edit": "[]", "nopea.io/suspend-heal": "1s" } },
      },
    );
    const on = { uid: metadata.uid ?? "", resourceVersion: metadata.resourceVersion ?? "" };
    const mark = await auditMark(server.auditLog);
    const outcome = await write({ desired: one, on });
    expect(outcome).toMatchObject({ result: "applied", changed: true });
    const { metadata: now } = await server.admin.get({
      ...one.manifest,
      namespace: home,
      name: one.key.name,
    });
    const released = await write({
      desired: one,
      on: { uid: now.uid ?? "", resourceVersion: now.resourceVersion ?? "" },
      replace: [{ op: "remove", path: "/metadata/annotations/nopea.io~1suspend-heal" }],
      patchOnly: true,
    });
    expect(released).toMatchObject({ result: "released" });
    expect(await writesSince(mark)).toEqual([
      ["apply", "account", MARK],
      ["patch", "account", MARK],
      ["patch", "account", MARK],
    ]);
  });

  test("a dry run", async () => {
    const { one, live } = await create();
    const mark = await auditMark(server.auditLog);
    const fieldManager = "nopea:x/app";
    const rehearsal = { desired: one, manifest: one.manifest, fieldManager, account, on: live };
    expect(await cluster.rehearse(rehearsal, signal)).toMatchObject({ data: { k: "git" } });
    expect(await writesSince(mark)).toEqual([["dry run", "account", MARK]]);
  });

  test("no account: nopea itself", async () => {
    const { kube: fake, requests } = createFakeKube(() => ({ status: 200 }));
    await actingAs(fake, undefined)({ method: "PATCH", path: "/x", signal });
    await actingAs(fake, account)({ method: "PATCH", path: "/x", signal });
    expect(requests.map(({ as }) => as)).toEqual([undefined, userOf(account)]);
  });

  test("reads: nopea itself", async () => {
    const { kube: fake, requests } = createFakeKube(() => ({ status: 200 }));
    await actingAs(fake, account)({ path: "/x", signal });
    await actingAs(fake, account)({ method: "GET", path: "/x", signal });
    expect(requests.map(({ as }) => as)).toEqual([undefined, undefined]);
  });
});

test("what the account may not do, the API server refuses with verb and resource", async () => {
  const outcome = await write({ desired: desired("c", CONFIG_MAP, elsewhere) });
  expect(outcome).toMatchObject({ result: "failed", fault: { code: "object-forbidden" } });
  expect(JSON.stringify(outcome)).toContain('cannot patch resource \\"configmaps\\"');
});

describe("what an account may not apply", () => {
  const ask = (wanted: readonly Desired[], who = account) =>
    createRights(kube).forbidden(who, wanted, signal);

  test("kinds of its namespace that it has a right to: nothing; others are named as the API server does", async () => {
    const wanted = [desired("a"), desired("s", SECRET), desired("r", CLUSTER_ROLE)];
    const found = await ask([...wanted, desired("b", CONFIG_MAP, elsewhere)]);
    const user = userOf(account);
    expect(Object.fromEntries([...found].map(([id, { message }]) => [id, message]))).toEqual({
      [`Secret/${home}/s`]: `User "${user}" cannot patch resource "secrets" in API group "" in the namespace "${home}"`,
      "ClusterRole.rbac.authorization.k8s.io/r": `User "${user}" cannot patch resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope`,
      [`ConfigMap/${elsewhere}/b`]: `User "${user}" cannot patch resource "configmaps" in API group "" in the namespace "${elsewhere}"`,
    });
    expect(new Set([...found.values()].map(({ code }) => code))).toEqual(
      new Set(["account-forbidden"]),
    );
  });

  test("a role that names single objects: those are not among them", async () => {
    const rules = [["", ["secrets"], ["patch"], ["mine"]]] as const;
    await grantRole(server, account, { namespace: elsewhere, name: account.name, rules });
    const wanted = ["mine", "theirs"].map(name => desired(name, SECRET, elsewhere));
    expect([...(await ask(wanted)).keys()]).toEqual([`Secret/${elsewhere}/theirs`]);
  });

  test("rights of the groups of all accounts count", async () => {
    await server.admin.create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { namespace: elsewhere, name: account.name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
      subjects: [
        {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "Group",
          name: `system:serviceaccounts:${home}`,
        },
      ],
    });
    const place = { namespace: elsewhere, group: "", resource: "configmaps" };
    await untilMay(server, subjectOf(account), { verb: "patch", ...place });
    expect(await ask([desired("b", CONFIG_MAP, elsewhere)])).toEqual(new Map());
  });

  test("an account that does not exist, although a role is bound to it: everything, and it is named", async () => {
    await server.admin.delete({
      apiVersion: "v1",
      kind: "ServiceAccount",
      namespace: home,
      name: account.name,
    });
    const message = `ServiceAccount ${home}/${account.name} does not exist`;
    expect(await ask([desired("a")])).toEqual(
      new Map([[`ConfigMap/${home}/a`, { code: "account-not-found", message }]]),
    );
  });
});

describe("how often it is asked for", () => {
  /** An API server that grants nothing but what `grants` says. */
  function rights(grants: (attributes: Readonly<Record<string, unknown>>) => boolean) {
    let now = 0;
    const fake = createFakeKube(({ body, path }) => {
      if (body === undefined) return path.includes("/serviceaccounts/") ? { body: {} } : undefined;
      const { spec } = JSON.parse(body) as {
        spec: { resourceAttributes: Record<string, unknown> };
      };
      return { status: 201, body: { status: { allowed: grants(spec.resourceAttributes) } } };
    });
    const asking = createRights(fake.kube, () => now);
    return {
      ...fake,
      pass: (ms: number) => (now += ms),
      forbidden: (...wanted: readonly Desired[]) => asking.forbidden(account, wanted, signal),
    };
  }

  test("what is granted: once a kind and namespace, and again after half a minute", async () => {
    const { forbidden, requests, pass } = rights(() => true);
    const many = Array.from({ length: 100 }, (_, index) => desired(`c-${index}`));
    await forbidden(...many);
    await forbidden(...many);
    expect(requests).toHaveLength(2);
    pass(29_000);
    await forbidden(...many);
    expect(requests).toHaveLength(2);
    pass(2_000);
    await forbidden(...many);
    expect(requests).toHaveLength(4);
  });

  test("what is refused: each time, so that a right counts at once", async () => {
    let isGranted = false;
    const { forbidden } = rights(() => isGranted);
    expect((await forbidden(desired("a"))).size).toBe(1);
    isGranted = true;
    expect((await forbidden(desired("a"))).size).toBe(0);
  });

  test.each([{ status: 403, body: { message: "no" } }, { status: 500 }, { status: 201 }])(
    "an answer that says nothing (%o): nobody is let in",
    async answer => {
      const { kube: fake } = createFakeKube(({ body }) => (body === undefined ? {} : answer));
      const asking = createRights(fake).forbidden(account, [desired("a")], signal);
      await expect(asking).rejects.toMatchObject({ code: "cluster-unreachable" });
    },
  );
});
