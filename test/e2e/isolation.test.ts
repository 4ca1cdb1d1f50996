/** What one repository holds or does never reaches another, and never ends the process. */
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import type { Files } from "../../src/local/git-fast-import";
import type { KubeObject } from "../../src/local/kube-types";
import { record } from "../support/recorder";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();

interface Poison {
  readonly what: string;
  readonly files: Files;
  readonly says: RegExp;
}

const poisons: readonly Poison[] = [
  { what: "a list", files: { "p.yaml": "- a\n- b\n" }, says: /p\.yaml:1: .*list/ },
  { what: "an alias bomb", files: { "p.yaml": aliasBomb() }, says: /p\.yaml.*alias/ },
  {
    what: "a line of 5 MB",
    files: { "p.yaml": `apiVersion: v1\nx: ${"y".repeat(5_000_000)}\n` },
    says: /p\.yaml.*4 ?MiB|p\.yaml.*may have 4/,
  },
  { what: "bytes that are no text", files: { "p.yaml": Buffer.alloc(64, 0xff) }, says: /p\.yaml/ },
  {
    what: "a deep nest",
    files: { "p.yaml": `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n` },
    says: /p\.yaml/,
  },
  {
    what: "an unknown kind",
    files: { "p.yaml": "{apiVersion: none.invalid/v1, kind: None, metadata: {name: p}}" },
    says: /p\.yaml:1: None\.none\.invalid.*CustomResourceDefinition/,
  },
  {
    what: "a refused object",
    files: { "p.yaml": configMap("Not_A_Name", "1") },
    says: /p\.yaml:1: ConfigMap.*Not_A_Name/,
  },
];

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const of = level === 0 ? "x" : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 12 }, () => of).join(", ")}]`;
  });
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${levels.join("\n")}\n`;
}

/** Answers everything with a page for people. */
async function startWebsite() {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html><h1>Sign in</h1></html>");
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = () => new Promise<void>(resolve => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}/org/app.git`, stop };
}

describe("poison beside a healthy repository", () => {
  it(
    "nine kinds at once: each is Failed and says why, the healthy one stays quick, the process lives; mended, each is in",
    { timeout: 240_000 },
    async () => {
      const { pid } = await world.nopea.watcher.look();
      const website = await startWebsite();
      const healthy = await world.app({
        files: { "a.yaml": configMap("a", "0") },
        spec: { interval: "1s" },
      });
      await healthy.synced();
      const apps = await Promise.all(poisons.map(({ files }) => world.app({ files })));
      const html = await world.app({ files: {}, spec: { url: website.url } });
      const hanging = await hangingApp();
      const waiting = Promise.all([
        ...poisons.map(({ says }, index) => apps[index]?.failed(says, 40_000)),
        html.failed(/spec\.url|Git repository/, 40_000),
        hanging.failed(/did not end within 5s|spec\.timeout/, 40_000),
      ]);
      await keepsUp(healthy, 4);
      await waiting;
      await keepsUp(healthy, 2);
      await mend(apps, html, hanging);
      expect(await world.nopea.watcher.look()).toMatchObject({ pid, running: true });
      expect(await world.nopea.watcher.log()).not.toMatch(/worker failed|unhandled rejection/);
      await website.stop();
    },
  );
});

async function hangingApp(): Promise<App> {
  const namespace = await world.cluster.createNamespace("hang");
  world.git().behave(`${namespace}/app`, { hang: true });
  const files = { "a.yaml": configMap("a", "1") };
  return world.app({ namespace, files, spec: { timeout: "5s" } });
}

/** Pushes commits one after the other; each must be visible within I + S. */
async function keepsUp(app: App, commits: number): Promise<void> {
  for (let round = 1; round <= commits; round++) {
    const value = `${Date.now()}`;
    await app.push({ "a.yaml": configMap("a", value) });
    await app.holds("a", value, 6_000);
  }
}

async function mend(apps: readonly App[], html: App, hanging: App): Promise<void> {
  const good = configMap("good", "1");
  const mended = apps.map(async app => {
    const commit = await app.push({ "p.yaml": good });
    // interval and slack; what the API server refused has its own clock only for the same content
    await app.synced(commit, 10_000 + 5_000);
  });
  const commit = await html.repository.commit({ "a.yaml": good });
  await html.edit({ url: html.repository.url });
  world.git().behave(`${hanging.namespace}/app`, {});
  await Promise.all([...mended, html.synced(commit, 10_000), hanging.synced(undefined, 60_000)]);
}

describe("ten repositories at once", () => {
  it(
    "ten rounds of commits: no object ever carries another repository's content or commit",
    { timeout: 240_000 },
    async () => {
      const recorder = await record<ConfigMap>(world.cluster.admin, "v1", "ConfigMap", {
        labelSelector: "nopea.io/repository",
      });
      const apps = await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const name = `app-${index}`;
          return world.app({ name, files: contentOf(name, 0), spec: { interval: "2s" } });
        }),
      );
      const commits = new Map(apps.map(app => [app.name, new Set([app.commit])]));
      await Promise.all(apps.map(app => app.synced(app.commit, 30_000)));
      for (let round = 1; round <= 10; round++) {
        const pause = new Promise(resolve => setTimeout(resolve, 1_500));
        await Promise.all(
          apps.map(async app => {
            const commit = await app.push(contentOf(app.name, round));
            commits.get(app.name)?.add(commit);
          }),
        );
        await pause;
      }
      await Promise.all(apps.map(async app => app.synced(await app.repository.head(), 30_000)));
      await recorder.stop();
      const namespaces = new Map(apps.map(app => [app.namespace, app.name]));
      const events = recorder.events.filter(({ object }) =>
        namespaces.has(object.metadata.namespace ?? ""),
      );
      expect(events.length).toBeGreaterThanOrEqual(10 * 3 * 4);
      const wrong = events.filter(({ object }) => {
        const name = namespaces.get(object.metadata.namespace ?? "") ?? "";
        return !isOwn(object, name, commits.get(name) ?? new Set());
      });
      expect(wrong).toEqual([]);
    },
  );
});

type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** Content, commit and label are all of the one repository. */
function isOwn({ data, metadata }: ConfigMap, name: string, commits: ReadonlySet<string>): boolean {
  const values = Object.values(data ?? {});
  const isContentOwn = values.length === 1 && values.every(value => value.startsWith(`${name} `));
  const isLabelOwn = metadata.labels?.["nopea.io/repository"] === name;
  return isContentOwn && isLabelOwn && commits.has(commitOf(metadata));
}

function commitOf({ annotations }: KubeObject["metadata"]): string {
  return (annotations?.["nopea.io/applied"] ?? "").replace(/^.*@/, "");
}

/** Every repository has the same file and object names; only the content tells them apart. */
function contentOf(name: string, round: number): Files {
  return Object.fromEntries(
    ["a", "b", "c"].map(object => [
      `${object}.yaml`,
      configMap(object, `${name} ${round} ${object}`),
    ]),
  );
}
