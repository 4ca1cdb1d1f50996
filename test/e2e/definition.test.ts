/** GitRepository as kubectl sees it: what is accepted, what is refused and how that is said, and how it is shown. */
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import {
  conditionOf,
  configMap,
  readyMessage,
  repositoryApi,
  useWorld,
  type GitRepositoryObject,
} from "../support/world";

const world = useWorld();

const example = `apiVersion: nopea.false.systems/v1alpha1
kind: GitRepository
metadata:
  name: my-app
  namespace: default
spec:
  url: https://github.com/org/my-app.git
  branch: main
  path: deploy/              # subdirectory (optional)
  interval: 5m               # poll interval
  targetNamespace: default   # where to apply
  secretRef:                 # git auth (optional)
    name: git-credentials
  suspend: false             # pause all syncing
  healPolicy: auto           # auto | manual | notify
  healGracePeriod: 5m        # wait before healing manual drift
`;

function apply(spec: Readonly<Record<string, unknown>>, namespace: string, name = "app") {
  const metadata = { namespace, name };
  const object = { apiVersion: repositoryApi, kind: "GitRepository", metadata, spec };
  const args = ["apply", "--validate=strict", "-f", "-"];
  return world.cluster.kubectl(args, { input: JSON.stringify(object) });
}

describe("the example of the README", () => {
  // nobody may ask the host that the example names: the watcher is away while it exists
  it("kubectl apply --validate=strict: accepted verbatim, and read back equal", async () => {
    await world.nopea.watcher.stop("SIGKILL");
    try {
      const applied = await world.cluster.kubectl(["apply", "--validate=strict", "-f", "-"], {
        input: example,
      });
      expect(applied).toMatchObject({
        code: 0,
        stdout: "gitrepository.nopea.false.systems/my-app created\n",
      });
      const get = ["get", "gitrepository", "my-app", "-n", "default", "-o", "json"];
      const live = JSON.parse((await world.cluster.kubectl(get)).stdout) as GitRepositoryObject;
      const { spec } = parse(example) as GitRepositoryObject;
      expect(live.spec).toMatchObject(spec);
      const defaults = {
        conflictPolicy: "git",
        deletionPolicy: "Retain",
        prune: false,
        timeout: "60s",
      };
      expect(live.spec).toEqual({ ...spec, ...defaults });
      await world.cluster.kubectl(["delete", "gitrepository", "my-app", "-n", "default"]);
    } finally {
      await world.nopea.watcher.start();
    }
  });

  it("its spec with a repository that can be reached: synced, with nothing left to say", async () => {
    const { url, targetNamespace, ...spec } = (parse(example) as GitRepositoryObject).spec;
    const namespace = await world.cluster.createNamespace("example");
    await world.cluster.admin.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "git-credentials" },
      stringData: { username: "git", password: "not asked for" },
    });
    const app = await world.app({
      namespace,
      files: { "deploy/a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") },
      spec,
    });
    const { status } = await app.synced();
    expect(readyMessage(status)).toMatch(/is in: 1 object$/);
    expect(await app.data("a")).toEqual({ value: "1" });
    expect(await app.data("b")).toBeUndefined();
  });
});

describe("names and columns", () => {
  it("kubectl get: four names, and the columns URL, Branch, Phase, Drift, Age, with -o wide Commit", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const tables = await Promise.all(
      ["gitrepositories", "gitrepository", "gr", "gitrepo"].map(async name => {
        const { stdout } = await world.cluster.kubectl(["get", name, "-n", app.namespace]);
        return stdout.replace(/\S+\s*$/, "");
      }),
    );
    expect(new Set(tables).size).toBe(1);
    const [head = "", row = ""] = (tables[0] ?? "").split("\n");
    expect(head.trim().split(/\s+/)).toEqual(["NAME", "URL", "BRANCH", "PHASE", "DRIFT", "AGE"]);
    expect(row.trim().split(/\s+/).slice(0, 4)).toEqual([
      "app",
      app.repository.url,
      "main",
      "Synced",
    ]);
    const wide = await world.cluster.kubectl(["get", "gr", "-n", app.namespace, "-o", "wide"]);
    expect(wide.stdout).toMatch(/COMMIT/);
    expect(wide.stdout).toContain(app.commit.slice(0, 7));
  });

  it.each([
    ["gitrepositories", "its status is a subresource: people write the spec", { status: {} }],
    ["driftrecords", "nopea writes all of it, in one request", undefined],
  ])("namespaced; %s: %s", async (name, _, subresources) => {
    const definition = await world.cluster.admin.get<KubeObject & { spec: Definition }>({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      name: `${name}.nopea.false.systems`,
    });
    expect(definition.spec.scope).toBe("Namespaced");
    expect(definition.spec.versions[0]?.subresources).toEqual(subresources);
  });
});

interface Definition {
  readonly scope: string;
  readonly versions: readonly { readonly subresources?: unknown }[];
}

const badUrls: readonly (readonly [what: string, url: unknown, message: RegExp])[] = [
  ["absent", undefined, /spec\.url is missing: set it to .*https:\/\/github\.com\/org/],
  ["empty", "", /spec\.url is missing: set it to .*https:\/\/github\.com\/org/],
  ["with a password", "https://me:pw@git.invalid/a.git", /Secret .*spec\.secretRef\.name/],
  ["with a user", "https://me@git.invalid/a.git", /must not contain credentials/],
  ["of ssh", "ssh://git@git.invalid/a.git", /must start with https:\/\/ or http:\/\//],
  ["of scp", "git@git.invalid:org/a.git", /must start with https:\/\/ or http:\/\//],
  ["of a file", "file:///etc", /must start with https:\/\/ or http:\/\//],
  ["without a host", "https://", /not a valid URL/],
  ["with a query", "https://git.invalid/a.git?ref=main", /spec\.branch/],
];

describe("spec.url", () => {
  it.each(badUrls)("%s: refused at admission with how to mend it", async (_what, url, message) => {
    const result = await apply({ url, branch: "main" }, "default", "bad-url");
    expect(result.code).not.toBe(0);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain("me:pw");
  });

  it("bad while the webhook configurations are deleted: Stalled with the same message, others do not notice", async () => {
    const { admin } = world.cluster;
    const healthy = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { interval: "1s" },
    });
    await healthy.synced();
    const ref = { apiVersion: "admissionregistration.k8s.io/v1" };
    const validating = { ...ref, kind: "ValidatingWebhookConfiguration" };
    const configurations = await admin.list(validating.apiVersion, validating.kind);
    const ours = configurations.filter(({ metadata }) => metadata.name.includes("nopea"));
    expect(ours.length).toBeGreaterThan(0);
    const namespace = await world.cluster.createNamespace("bad");
    for (const { metadata } of ours) await admin.delete({ ...validating, name: metadata.name });
    try {
      const pid = (await world.nopea.watcher.look()).pid;
      for (const [index, [, url, message]] of badUrls.entries()) {
        const name = `bad-${index}`;
        // the API server's caches forget the webhook a moment after it is gone
        await expect
          .poll(async () => (await apply({ url, branch: "main" }, namespace, name)).code, {
            timeout: 10_000,
          })
          .toBe(0);
        const bad = world.attach({ ...healthy, namespace, name });
        expect(await bad.failed(message)).not.toContain("me:pw");
        const { status } = await bad.resource();
        expect(conditionOf(status, "Stalled")).toMatchObject({
          status: "True",
          reason: "InvalidSpec",
        });
      }
      const second = await healthy.push({ "a.yaml": configMap("a", "2") });
      await healthy.synced(second, 10_000);
      expect((await world.nopea.watcher.look()).pid).toBe(pid);
      const mended = world.attach({ ...healthy, namespace, name: "bad-0" });
      await mended.edit({ url: healthy.repository.url, path: "none" });
      await mended.failed(/none/);
      expect(conditionOf((await mended.resource()).status, "Stalled")).toBeUndefined();
    } finally {
      for (const configuration of ours) await restore(configuration);
    }
    // what got through once would be unchanged the next time, and nobody would be asked
    let tries = 0;
    await expect
      .poll(async () => (await apply({ url: "" }, namespace, `again-${tries++}`)).code, {
        timeout: 10_000,
      })
      .not.toBe(0);
  });
});

async function restore(configuration: KubeObject): Promise<void> {
  const { resourceVersion, uid, creationTimestamp, generation, ...metadata } =
    configuration.metadata;
  await world.cluster.admin.create({ ...configuration, metadata });
}

describe("durations and choices", () => {
  const url = "https://git.invalid/a.git";
  /** The spec as the server would keep it, or its refusal. */
  const dryRun = async (spec: Readonly<Record<string, unknown>>) => {
    const metadata = { namespace: "default", name: "dry" };
    const object = { apiVersion: repositoryApi, kind: "GitRepository", metadata };
    const path = "/apis/nopea.false.systems/v1alpha1/namespaces/default/gitrepositories";
    const query = "dryRun=All&fieldValidation=Strict";
    const body = { ...object, spec: { url, ...spec } };
    const call = { method: "POST", path: `${path}?${query}`, body } as const;
    return world.cluster.admin.call<GitRepositoryObject>(call).then(
      answer => answer.spec,
      (error: unknown) => String(error),
    );
  };
  const fields = ["interval", "healGracePeriod", "timeout"];
  const pairs = (values: readonly string[]) =>
    fields.flatMap(field => values.map(value => [field, value] as const));

  it("accepted durations: kept as they are written; omitted: 5m", async () => {
    const values = ["1s", "30s", "90s", "5m", "1h", "1h30m", "1h0m5s"];
    await Promise.all(
      pairs(values).map(async ([field, value]) =>
        expect(await dryRun({ [field]: value })).toMatchObject({ [field]: value }),
      ),
    );
    const spec = await dryRun({});
    expect(spec).toMatchObject({ interval: "5m", timeout: "60s", healPolicy: "auto" });
    expect(spec).not.toHaveProperty("healGracePeriod");
  });

  it("durations that are none: refused, naming the field", async () => {
    const values = ["0s", "-5m", "abc", "5", "", "1.5h", "5 m", "0h0m", "1m1h"];
    await Promise.all(
      pairs(values).map(async ([field, value]) =>
        expect(await dryRun({ [field]: value }), `${field}: ${value}`).toMatch(field),
      ),
    );
  });

  const choices: readonly (readonly [field: string, value: string, listed: readonly string[]])[] = [
    ["healPolicy", "always", ["auto", "manual", "notify"]],
    ["conflictPolicy", "mine", ["git", "live"]],
    ["deletionPolicy", "Orphan", ["Retain", "Delete"]],
  ];
  it.each(choices)("%s: %s: refused, listing what there is", async (field, value, listed) => {
    const answer = await dryRun({ [field]: value });
    for (const choice of listed) expect(answer).toContain(`"${choice}"`);
  });

  it("a field that there is not: refused under strict validation", async ({ skip }) => {
    const minor = await world.cluster.minorVersion();
    skip(minor < 25, `Kubernetes 1.${minor} does not validate fields: its API server ignores them`);
    expect(await dryRun({ intervall: "5m" })).toMatch(/unknown field "spec\.intervall"/);
  });
});
