/** Repositories of tenants: applied as an account of their namespace, with that account's rights and nobody else's (spec 113). */
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { accountUser, type Account } from "../../src/model/account";
import type { AuditedRequest } from "../support/audit";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { createAccount, grantRole, type Rule } from "../support/tenant";
import { marksOf, recordAbout, recordsAbout } from "../support/traces";
import { conditionOf, configMap, readyMessage, useWorld } from "../support/world";

const world = useWorld();
const { cluster } = world;
const { admin } = cluster;
const people = usePeople(world);
const { larry } = people;

const EDITOR: readonly Rule[] = [
  ["", ["configmaps"], ["*"]],
  ["apps", ["deployments"], ["*"]],
];
const SPEC = { serviceAccountName: "deployer", interval: "5s" };

const deployment = JSON.stringify({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "api" },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: "api" } },
    template: {
      metadata: { labels: { app: "api" } },
      spec: { containers: [{ name: "api", image: "registry.local/api:1" }] },
    },
  },
});
const clusterRole = (name: string) =>
  JSON.stringify({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name },
    rules: [],
  });

/** A namespace with an account `deployer` that may edit ConfigMaps and Deployments there. */
async function tenant(): Promise<Account> {
  const account = { namespace: await cluster.createNamespace("tenant"), name: "deployer" };
  await createAccount(cluster, account);
  const { namespace } = account;
  await grantRole(cluster, account, { namespace, name: "deployer", rules: EDITOR });
  return account;
}

/** Of nopea's writes, those about objects, not about what it keeps itself. */
function aboutObjects(requests: readonly AuditedRequest[], namespace: string) {
  const verbs = new Set(["create", "update", "patch", "delete"]);
  return requests.filter(
    ({ verb, resource, namespace: where }) =>
      verbs.has(verb) &&
      where === namespace &&
      !/^(driftrecords|gitrepositories|events)/.test(resource),
  );
}

const values = (value: string) => ["--type=merge", "-p", JSON.stringify({ data: { value } })];

describe.concurrent("an account that may edit ConfigMaps and Deployments of its namespace", () => {
  it("a repository is applied and healed as it, and no hook takes that for somebody's edit", async () => {
    const account = await tenant();
    const { namespace } = account;
    const mark = await world.mark();
    const app = await people.app({
      namespace,
      files: { "a.yaml": configMap("a", "1"), "d.yaml": deployment },
      spec: SPEC,
      watches: { configmaps: "a", deployments: "api" },
    });
    await larry.types(app, ["patch", "configmap", "a", ...values("2")]);
    await app.holds("a", "1");
    const image = ["set", "image", "deployment/api", "api=hotfix"];
    await larry.types(app, image);
    const { status } = await recordAbout(world, app, "api", {
      fits: ({ status: { state } }) => state === "closed",
    });
    expect(status).toMatchObject({ decision: "healed", edits: [{ by: "larry" }] });
    const second = await app.push({ "a.yaml": configMap("a", "3") });
    await app.synced(second);

    const requests = await world.requests(mark);
    const writes = aboutObjects(requests, namespace);
    expect(writes.length).toBeGreaterThanOrEqual(5);
    expect(new Set(writes.map(({ impersonated }) => impersonated))).toEqual(
      new Set([accountUser(account)]),
    );
    expect(writes.every(({ extra }) => extra["nopea.io/writer"] !== undefined)).toBe(true);
    const reads = requests.filter(({ verb }) => verb === "list" || verb === "watch");
    expect(reads.every(({ impersonated }) => impersonated === "")).toBe(true);
    for (const [kind, name] of [
      ["ConfigMap", "a"],
      ["Deployment", "api"],
    ] as const) {
      const records = await recordsAbout(world, app, name);
      const who = records.flatMap(({ status: { edits } }) => edits.map(({ by }) => by));
      expect(who).toEqual(["larry"]);
      const found = await app.object(kind === "ConfigMap" ? "v1" : "apps/v1", kind, name);
      expect(marksOf(found)).toEqual([]);
    }
  });

  it("what it may not do fails by name, and the rest is in; granted, it is in without another commit", async () => {
    const account = await tenant();
    const { namespace } = account;
    const elsewhere = await cluster.createNamespace("elsewhere");
    const role = `reader-${namespace}`;
    const files = {
      "a.yaml": configMap("a", "1"),
      "b.yaml": configMap("b", "1", elsewhere),
      "r.yaml": clusterRole(role),
    };
    const app = await world.app({ namespace, files, spec: SPEC });
    const message = await app.failed(/cannot patch/);
    expect(message).toContain(
      `User "${accountUser(account)}" cannot patch resource "clusterroles"`,
    );
    expect(message).toContain(
      `cannot patch resource "configmaps" in API group "" in the namespace`,
    );
    expect(conditionOf((await app.resource()).status, "Ready")?.reason).toBe("Forbidden");
    await app.holds("a", "1");
    const theirs = { apiVersion: "v1", kind: "ConfigMap", namespace: elsewhere, name: "b" };
    expect(await admin.find(theirs)).toBeUndefined();

    await app.push({ "r.yaml": null });
    const rules = [["", ["configmaps"], ["get", "create", "patch"]]] as const;
    await grantRole(cluster, account, { namespace: elsewhere, name: "deployer", rules });
    await app.until(({ phase }) => phase === "Synced", 90_000);
    expect(await admin.get(theirs)).toMatchObject({ data: { value: "1" } });
  });

  it("an account that does not exist: named, and nothing is written; made, everything is in", async () => {
    const namespace = await cluster.createNamespace("tenant");
    const account = { namespace, name: "deployer" };
    await grantRole(cluster, account, { namespace, name: "deployer", rules: EDITOR });
    const app = await world.app({
      namespace,
      files: { "a.yaml": configMap("a", "1") },
      spec: SPEC,
    });
    await app.failed(/does not exist/);
    const { status } = await app.resource();
    expect(conditionOf(status, "Ready")?.reason).toBe("ServiceAccountNotFound");
    expect(readyMessage(status)).toContain(`ServiceAccount ${namespace}/deployer does not exist`);
    expect(await app.data("a")).toBeUndefined();
    await createAccount(cluster, account);
    await app.synced(app.commit, 90_000);
  });
});

describe.concurrent("what another repository owns", () => {
  it("in another namespace: forbidden, neither its owner nor whether it is there is told, and it stays", async () => {
    const owner = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await owner.synced();
    const before = await owner.object("v1", "ConfigMap", "a");
    const account = await tenant();
    const files = {
      "a.yaml": configMap("a", "stolen", owner.namespace),
      "b.yaml": configMap("b", "new", owner.namespace),
    };
    const app = await world.app({ namespace: account.namespace, files, spec: SPEC });
    const message = await app.failed(/cannot patch/);
    expect(message).not.toContain("manages");
    const told = (name: string) => message.split(`ConfigMap/${owner.namespace}/${name}: `)[1];
    expect(told("a")?.split("; ")[0]).toContain("cannot patch");
    expect(told("a")?.split("; ")[0]).toBe(told("b"));
    expect(await owner.object("v1", "ConfigMap", "a")).toEqual(before);
  });

  it("in the same namespace: its labels do not change hands, whoever writes them", async () => {
    const account = await tenant();
    const { namespace } = account;
    const owner = await people.app({
      namespace,
      name: "owner",
      files: { "a.yaml": configMap("a", "1") },
      watches: { configmaps: "a" },
    });
    const labels = { "nopea.io/repository": "thief", "nopea.io/repository-namespace": namespace };
    const stolen = JSON.stringify({
      ...JSON.parse(configMap("a", "stolen")),
      metadata: { name: "a", labels },
    });
    const repository = await world.git().create(`${namespace}/thief`);
    const thief = await world.app({
      namespace,
      name: "thief",
      repository,
      files: { "a.yaml": stolen },
      spec: SPEC,
    });
    await thief.failed(/GitRepository .*\/owner manages/);
    await larry.types(owner, [
      "label",
      "configmap",
      "a",
      "--overwrite",
      ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ]);
    const apply = ["apply", "--server-side", `--field-manager=nopea:${namespace}/thief`, "-f", "-"];
    await larry.types(owner, [...apply, "--force-conflicts"], { input: stolen });
    await owner.holds("a", "1");
    await thief.failed(/GitRepository .*\/owner manages/);
    const { metadata } = await owner.object<KubeObject>("v1", "ConfigMap", "a");
    expect(metadata.labels).toMatchObject({ "nopea.io/repository": "owner" });
  });
});

describe("whoever takes the place of the account without being nopea", () => {
  it("is named as that account; and the mark of nopea's is not theirs to set", async () => {
    const account = await tenant();
    const { namespace } = account;
    const app = await people.app({
      namespace,
      files: { "a.yaml": configMap("a", "1") },
      spec: { ...SPEC, healPolicy: "manual" },
      watches: { configmaps: "a" },
    });
    const rbac = "rbac.authorization.k8s.io";
    const metadata = { namespace, name: "impersonator" };
    const rule = { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] };
    await admin.create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: [rule] });
    await admin.create({
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: "impersonator" },
      subjects: [{ apiGroup: rbac, kind: "User", name: "larry" }],
    });
    const edit = (value: string, headers: Readonly<Record<string, string>>) =>
      cluster.as("larry", ["sre"]).call({
        method: "PATCH",
        path: `/api/v1/namespaces/${namespace}/configmaps/a`,
        type: "application/merge-patch+json",
        body: { data: { value } },
        headers: { "Impersonate-User": accountUser(account), ...headers },
      });
    await eventually(() => edit("2", {}), 10_000);
    const { status } = await recordAbout(world, app, "a");
    expect(status.edits).toMatchObject([{ by: accountUser(account), source: "admission" }]);
    const marked = { "Impersonate-Extra-nopea.io%2Fwriter": "nopea" };
    await expect(edit("3", marked)).rejects.toMatchObject({ status: 403 });
  });
});

describe("NOPEA_DEFAULT_SERVICE_ACCOUNT", () => {
  it("in force once read, although it is taken away, until a restart without it", async () => {
    const settings = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "pepr-system", name: "nopea" },
      data: { NOPEA_DEFAULT_SERVICE_ACCOUNT: "deployer" },
    };
    const account = await tenant();
    const { namespace } = account;
    const files = { "a.yaml": configMap("a", "1"), "r.yaml": clusterRole(`r-${namespace}`) };
    const app = await world.app({ namespace, files, spec: { suspend: true } });
    await admin.create(settings);
    try {
      await world.nopea.watcher.restart();
      const mark = await world.mark();
      await app.edit({ suspend: false });
      await app.failed(/cannot patch resource "clusterroles"/, 60_000);
      await app.holds("a", "1");
      await admin.delete({ ...settings, ...settings.metadata });
      // the settings are read again every 30 s
      await new Promise(resolve => setTimeout(resolve, 35_000));
      await app.push({ "a.yaml": configMap("a", "2") });
      await app.holds("a", "2", 60_000);
      const writes = aboutObjects(await world.requests(mark), namespace);
      expect(new Set(writes.map(({ impersonated }) => impersonated))).toEqual(
        new Set([accountUser(account)]),
      );
    } finally {
      await admin.delete({ ...settings, ...settings.metadata });
      await world.nopea.watcher.restart();
    }
    await app.until(({ phase }) => phase === "Synced", 90_000);
    const role = { kind: "ClusterRole", name: `r-${namespace}` };
    const ref = { apiVersion: "rbac.authorization.k8s.io/v1", ...role };
    expect(await admin.find(ref)).toBeDefined();
    await admin.delete(ref);
  });
});
