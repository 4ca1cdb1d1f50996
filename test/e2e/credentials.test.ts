/** Private repositories: the Secret of spec.secretRef lets nopea in, counts at once when it changes, and is never told. */
import { eventually } from "../support/cluster";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { conditionOf, configMap, useWorld, type App } from "../support/world";

const world = useWorld();

/** Every secret of this file, to be found nowhere at the end. */
const planted: string[] = [];

function secretText(): string {
  const text = `planted-${Math.random().toString(36).slice(2)}`;
  planted.push(text);
  return text;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** The repository lets in nobody else, from now on. */
function admit(namespace: string, login: Login): void {
  world.git().behave(`${namespace}/app`, { basicAuth: login });
  planted.push(Buffer.from(`${login.username}:${login.password}`).toString("base64"));
}

/** A GitRepository whose Git repository has one file and is private. */
async function privateApp(login: Login, spec: Readonly<Record<string, unknown>>): Promise<App> {
  const namespace = await world.cluster.createNamespace("private");
  const repository = await world.git().create(`${namespace}/app`);
  admit(namespace, login);
  return world.app({ namespace, repository, files: { "a.yaml": configMap("a", "1") }, spec });
}

function createSecret(namespace: string, stringData: Readonly<Record<string, string>>) {
  const metadata = { namespace, name: "git" };
  return world.cluster.admin.create({ apiVersion: "v1", kind: "Secret", metadata, stringData });
}

function patchSecret(namespace: string, patch: Readonly<Record<string, unknown>>) {
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name: "git" };
  return world.cluster.admin.patch(ref, patch);
}

function readyOf(app: App, reason: string, ms: number) {
  return app.until(({ conditions = [] }) => conditions.some(c => c.reason === reason), ms);
}

function askedOf({ namespace }: App) {
  return world.git().requests.filter(({ repository }) => repository === `${namespace}/app`);
}

const named = { secretRef: { name: "git" } };

describe.concurrent("a private repository", () => {
  it("without secretRef: Failed within 10 s, and the reason says that it is about authentication", async () => {
    const app = await privateApp({ username: "larry", password: secretText() }, {});
    const { status } = await readyOf(app, "AuthenticationFailed", 10_000);
    expect(status?.phase).toBe("Failed");
    expect(conditionOf(status, "Ready")?.message).toContain("spec.secretRef");
    expect(await app.data("a")).toBeUndefined();
  });

  it("a Secret that does not exist: named, and in within interval and start time of its creation", async () => {
    const login = { username: "larry", password: secretText() };
    const app = await privateApp(login, named);
    const { status } = await readyOf(app, "SecretNotFound", 30_000);
    expect(conditionOf(status, "Ready")?.message).toContain(`Secret ${app.namespace}/git`);
    expect(askedOf(app)).toEqual([]);
    await createSecret(app.namespace, login);
    await app.synced(app.commit, 15_000);
    expect(await app.data("a")).toEqual({ value: "1" });
  });

  it("a Secret that lacks the password: the key is named, and mending it is enough", async () => {
    const login = { username: "larry", password: secretText() };
    const app = await privateApp(login, { ...named, interval: "1h" });
    await createSecret(app.namespace, { username: login.username });
    const { status } = await readyOf(app, "SecretInvalid", 30_000);
    expect(conditionOf(status, "Ready")?.message).toMatch(/neither password nor token/);
    expect(askedOf(app)).toEqual([]);
    await patchSecret(app.namespace, { stringData: login });
    await app.synced(app.commit);
  });

  it("the right Secret of another namespace: cannot be named, it is looked for in the repository's own", async () => {
    const login = { username: "larry", password: secretText() };
    const elsewhere = await world.cluster.createNamespace("elsewhere");
    await createSecret(elsewhere, login);
    const app = await privateApp(login, named);
    await readyOf(app, "SecretNotFound", 30_000);
    const across = { secretRef: { name: `${elsewhere}/git` } };
    await expect(app.edit(across)).rejects.toThrow(/secretRef/);
    await expect(app.edit({ secretRef: { name: "git", namespace: elsewhere } })).resolves.toEqual(
      expect.objectContaining({ spec: expect.objectContaining(named) as unknown }),
    );
    await sleep(6_000);
    expect((await app.resource()).status?.phase).toBe("Failed");
    expect(askedOf(app)).toEqual([]);
  });

  it("a token, with the line break that echo leaves: in", async () => {
    const token = secretText();
    const app = await privateApp({ username: "x-access-token", password: token }, named);
    await createSecret(app.namespace, { token: `${token}\n` });
    await app.synced();
  });

  it("polls: cost no request for the Secret", async () => {
    const login = { username: "larry", password: secretText() };
    const app = await privateApp(login, { ...named, interval: "1s" });
    await createSecret(app.namespace, login);
    await app.synced();
    await sleep(2_000);
    const mark = await world.mark();
    const before = askedOf(app).length;
    await eventually(() => Promise.resolve(askedOf(app).length > before + 2 || undefined), 60_000);
    const requests = await world.requests(mark);
    const reads = requests.filter(
      ({ namespace, resource }) => namespace === app.namespace && resource === "secrets",
    );
    expect(reads).toEqual([]);
  });

  it("rotated on both sides: the next commit lands at once, whatever the interval", async () => {
    const login = { username: "larry", password: secretText() };
    const app = await privateApp(login, { ...named, interval: "1h" });
    await createSecret(app.namespace, login);
    await app.synced();
    const rotated = { username: "larry", password: secretText() };
    admit(app.namespace, rotated);
    const next = await app.push({ "a.yaml": configMap("a", "2") });
    await patchSecret(app.namespace, { stringData: rotated });
    await app.synced(next);
    expect(await app.data("a")).toEqual({ value: "2" });
  });

  it("a wrong password: at most six tries a minute, also while the Secret's labels change; the right one: in at once", async () => {
    const login = { username: "larry", password: secretText() };
    const app = await privateApp(login, { ...named, interval: "1s" });
    await createSecret(app.namespace, { username: "larry", password: secretText() });
    await readyOf(app, "AuthenticationFailed", 15_000);
    const from = Date.now();
    for (let second = 0; second < 60; second++) {
      await patchSecret(app.namespace, { metadata: { labels: { second: `${second}` } } });
      await sleep(from + (second + 1) * 1_000 - Date.now());
    }
    expect(askedOf(app).filter(({ at }) => at >= from).length).toBeLessThanOrEqual(6);
    await patchSecret(app.namespace, { stringData: login });
    await app.synced(app.commit);
  });
});

describe("what the Secrets held", () => {
  it("is in no log line, status, event or process argument", async () => {
    expect(planted.length).toBeGreaterThan(8);
    const { pid } = await world.nopea.watcher.look();
    const { stdout } = await world.cluster.kubectl(["get", "gr,events", "-A", "-o", "json"]);
    const places = {
      watcher: await world.nopea.watcher.log(),
      admission: await world.nopea.admission.log(),
      cluster: stdout,
      arguments: await readFile(`/proc/${pid}/cmdline`, "utf8"),
      environment: await readFile(`/proc/${pid}/environ`, "utf8"),
    };
    expect(places.watcher).toContain("AuthenticationFailed");
    expect(places.cluster).toContain("AuthenticationFailed");
    for (const [place, text] of Object.entries(places)) {
      const found = planted.filter(
        secret => text.includes(secret) || text.includes(Buffer.from(secret).toString("base64")),
      );
      expect({ place, found }).toEqual({ place, found: [] });
    }
  });
});
