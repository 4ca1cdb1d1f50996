/** README.md's own blocks, in order, against the real API server and the running pair. */
import { execFile } from "node:child_process";
import { dirname, delimiter } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import type { KubeObject } from "../../src/local/kube-types";
import { blocks, scriptOf, typedIn, type Block } from "../readme/readme";
import { eventually } from "../support/cluster";
import { buildCommand, type BuiltCommand, type Ran } from "../support/command";
import { usePeople, type Person } from "../support/people";
import { repositoryApi, useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);

/** What needs more than an API server, and where else it is run: stranger is a part of npm run test:cluster. */
const elsewhere = {
  start: "test/cluster/stranger types it, in a copy of the project",
  test: "this is one of its tests",
  deploy: "Pods need a kubelet: test/cluster/stranger types it",
  leave: "it takes nopea away from the tests beside it: test/cluster/stranger types it",
  tenants: "it restarts a Deployment: test/cluster/stranger types it",
};

const web = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "${image}"}]}
`;
const api = (image: string) =>
  web(image)
    .replaceAll(/\bweb\b/g, "api")
    .replace("spec:\n", "spec:\n  replicas: 0\n");

let command: BuiltCommand;
let shop: App;
let demo: App;

beforeAll(async () => {
  command = await buildCommand();
  await Promise.all(["shop", "demo"].map(name => world.cluster.admin.create(namespaceOf(name))));
  const watches = { "deployments.apps": "web" };
  demo = await people.app({
    ...{ namespace: "demo", name: "demo", watches },
    ...{ files: { "web.yaml": web("nginx:1.29") }, spec: { healGracePeriod: "5m" } },
  });
  shop = await people.app({
    ...{ namespace: "shop", name: "my-app", watches: { "deployments.apps": "api" } },
    files: { "api.yaml": api("api:1.4") },
  });
});

afterAll(async () => {
  const { admin } = world.cluster;
  await Promise.all([shop, demo].map(app => app.remove()));
  await Promise.all(["shop", "demo"].map(name => admin.delete(namespaceOf(name))));
  await command.remove();
});

const namespaceOf = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
  name,
});

/** A shell with kubectl and nopea in its PATH, and a kubeconfig of one user in one namespace. */
async function shell(script: string, { namespace }: App, user?: Person): Promise<Ran> {
  const { kubectl } = inject("controlPlane");
  const name = `${user?.name ?? "admin"}-${namespace}`;
  const access = user?.access ?? world.cluster.adminAccess;
  const kubeconfig = await command.kubeconfig(name, access);
  const path = [command.dir, dirname(kubectl), process.env.PATH].join(delimiter);
  const env = { PATH: path, HOME: command.dir, KUBECONFIG: kubeconfig };
  const inNamespace = `kubectl config set-context --current --namespace=${namespace} >/dev/null`;
  const args = ["-euo", "pipefail", "-c", `${inNamespace}\n${script}`];
  return new Promise(resolve => {
    execFile("bash", args, { env, timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

const scripts = blocks.filter(({ language }) => language === "sh");
const markers = (start: string) =>
  scripts.map(({ marker }) => marker).filter(marker => marker.startsWith(start));

describe("what README.md shows", () => {
  const shown = blocks.filter(({ marker }) => marker === "shown");

  it("a night, typed by larry and then by ann: prints what is shown, but for times and ids", async () => {
    expect(shown.length).toBeGreaterThan(1);
    for (const [index, block] of shown.entries()) {
      await prints(block, index === 0 ? people.larry : people.ann);
    }
  });
});

async function prints(block: Block, who: Person): Promise<void> {
  const lines = block.text.split("\n").filter(line => line !== "" && !line.startsWith("$ "));
  expect(lines).not.toEqual([]);
  const script = typedIn(block).join("\n");
  const missing = async () => {
    const { stdout, stderr } = await shell(script, demo, who);
    const printed = `${stdout}\n${stderr}`.split("\n").map(plain);
    const lost = lines.map(plain).filter(line => !printed.includes(line));
    if (lost.length === 0) return true;
    throw new Error(`not printed: ${lost.join("\n")}\nbut: ${printed.join("\n")}`);
  };
  // an Event may come a moment after the edit; an edit is typed once
  await (who === people.larry ? missing() : eventually(missing, 20_000));
}

/** Without what is different each time: times, durations, ids, and how wide a column is. */
function plain(line: string): string {
  return line
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\b[0-9a-hjkmnp-tv-z]{26}\b/g, "ID")
    .replace(/\b(\d+[dhms])+\b/g, "DURATION")
    .replace(/\s+/g, " ")
    .trim();
}

describe("README.md's scripts", () => {
  it("each is run here, or has a reason", () => {
    expect(markers("run on a cluster: ")).toEqual(
      Object.keys(elsewhere).map(name => `run on a cluster: ${name}`),
    );
    expect(markers("run: ")).toEqual(
      ["credentials", "confirm-prune", "break-glass", "webhook", "adopt"].map(of => `run: ${of}`),
    );
  });

  const succeeds = async (marker: string, change = (text: string) => text) => {
    const ran = await shell(change(scriptOf(marker)), shop);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return ran;
  };

  it("credentials: the Secret is used, and the repository is in again", async () => {
    await succeeds("run: credentials");
    expect((await shop.resource()).spec.secretRef).toEqual({ name: "git-credentials" });
    await shop.until(
      ({ phase, observedGeneration }) => phase === "Synced" && observedGeneration === 2,
    );
  });

  it("confirm-prune: what it names is a commit of one's own", async () => {
    await succeeds("run: confirm-prune", text => text.replace("8f3c0d5e…", shop.commit));
  });

  it("break-glass: the hotfix stays while it is suspended, and goes afterwards", async () => {
    const [suspend = "", edit = "", resume = ""] = scriptOf("run: break-glass").trim().split("\n");
    for (const line of [suspend, edit]) {
      expect(await shell(line, shop)).toMatchObject({ code: 0 });
    }
    await shop.until(({ suspended = [] }) => suspended.length === 1);
    expect(await image()).toBe("hotfix-v1");
    expect(await shell(resume, shop)).toMatchObject({ code: 0 });
    await eventually(async () => {
      if ((await image()) === "api:1.4") return true;
      throw new Error("the hotfix is still there");
    }, 30_000);
  });

  it("webhook: the Secret holds what was printed", async () => {
    const ref = { apiVersion: "v1", kind: "Secret", namespace: "pepr-system", name: "nopea" };
    const { stdout } = await succeeds("run: webhook");
    const secret = await world.cluster.admin.get<SecretObject>(ref);
    const kept = Buffer.from(secret.data.NOPEA_WEBHOOK_SECRET ?? "", "base64").toString();
    await world.cluster.admin.patch(ref, { data: { NOPEA_WEBHOOK_SECRET: null } });
    expect(kept).toMatch(/^[0-9a-f]{40}$/);
    expect(stdout).toContain(kept);
  });

  it("adopting: the difference is told and nothing is written until it is resumed", async () => {
    const [suspend = "", ...rest] = scriptOf("run: adopt").trim().split("\n");
    expect(await shell(suspend, shop)).toMatchObject({ code: 0 });
    await shop.until(({ phase }) => phase === "Suspended");
    await shop.push({ "api.yaml": api("api:1.5") });
    const diff = await shell(rest[0] ?? "", shop);
    expect(diff).toMatchObject({ code: 0 });
    expect(diff.stdout).toContain("containers[name=api].image: api:1.4 → api:1.5");
    expect(await image()).toBe("api:1.4");
    expect(await shell(rest[1] ?? "", shop)).toMatchObject({ code: 0 });
    await shop.synced(await shop.repository.head());
    expect(await image()).toBe("api:1.5");
  });
});

interface SecretObject extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

interface DeploymentObject extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
  };
}

async function image(): Promise<string | undefined> {
  const found = await shop.object<DeploymentObject>("apps/v1", "Deployment", "api");
  return found.spec.template.spec.containers[0]?.image;
}

describe("README.md's YAML", () => {
  const accepts = (documents: readonly unknown[]) =>
    world.cluster.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
      input: documents.map(each => stringify(each)).join("---\n"),
    });
  const whole: Record<string, unknown>[] = [];
  const parts: Record<string, unknown>[] = [];
  for (const { text } of blocks.filter(({ language }) => language === "yaml")) {
    for (const document of parseAllDocuments(text)) {
      const value = document.toJS() as Record<string, unknown>;
      ("kind" in value ? whole : parts).push(value);
    }
  }

  it("every object: the API server takes it, without fields that it does not know", async () => {
    expect(whole.filter(({ kind }) => kind === "GitRepository")).toHaveLength(2);
    for (const object of whole) {
      expect(await accepts([object])).toMatchObject({ code: 0 });
    }
  });

  it("parts of a GitRepository: taken as such; a field that is not there is refused", async () => {
    const repository = (spec: object) => ({
      ...{ apiVersion: repositoryApi, kind: "GitRepository" },
      ...{ metadata: { name: "part", namespace: "shop" } },
      spec: { url: "https://github.com/org/my-app.git", ...spec },
    });
    for (const { spec } of parts) {
      if (spec instanceof Object)
        expect(await accepts([repository(spec)])).toMatchObject({ code: 0 });
    }
    expect((await accepts([repository({ speed: "fast" })])).code).not.toBe(0);
  });
});
