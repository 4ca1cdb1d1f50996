/** `nopea render`: the files of a working tree as the objects that a sync would apply. */
import { execFileSync } from "node:child_process";
import fs, { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { CommandError } from "../../src/cli/context";
import { render, type RenderOptions } from "../../src/cli/render/render";

let directory = "";
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "nopea-render-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

const object = (kind: string, name: string, more: object = {}, apiVersion = "v1") =>
  JSON.stringify({ apiVersion, kind, metadata: { name }, ...more });

const run = (options: Partial<RenderOptions> = {}) =>
  render({ progress: () => undefined }, { directory, showSecrets: false, ...options });

interface Shown {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

const shown = async (options?: Partial<RenderOptions>) => {
  const { text } = await run(options);
  return parseAllDocuments(text).map(document => document.toJS() as Shown);
};
const names = async (options?: Partial<RenderOptions>) =>
  (await shown(options)).map(({ metadata }) => metadata.name);

it("files of several folders: the order in which they are applied", async () => {
  write({
    "a/deployment.yaml": object("Deployment", "api", {}, "apps/v1"),
    "b/namespace.yml": object("Namespace", "shop"),
    "c.json": object("ConfigMap", "settings"),
  });
  expect(await names()).toEqual(["shop", "settings", "api"]);
});

it("hidden files, other files, and what .nopeaignore and .gitignore name: left out", async () => {
  write({
    "a.yaml": object("ConfigMap", "a"),
    ".hidden.yaml": object("ConfigMap", "b"),
    ".github/c.yaml": object("ConfigMap", "c"),
    "d.txt": object("ConfigMap", "d"),
    "e.yaml": object("ConfigMap", "e"),
    "built/f.yaml": object("ConfigMap", "f"),
    ".nopeaignore": "e.yaml\n",
    ".gitignore": "built/\n",
  });
  execFileSync("git", ["init", "-q"], { cwd: directory });
  expect(await names()).toEqual(["a"]);
});

it("a folder of a repository: the .nopeaignore of its root counts, and problems name paths from there", async () => {
  execFileSync("git", ["init", "-q"], { cwd: directory });
  write({
    ".nopeaignore": "deploy/b.yaml\n",
    "deploy/a.yaml": "apiVersion: v1\nkind: ConfigMap\n",
    "deploy/b.yaml": "no: object\n",
    "c.yaml": object("ConfigMap", "c"),
  });
  const failing = run({ directory: join(directory, "deploy") });
  await expect(failing).rejects.toThrow(CommandError);
  await expect(failing).rejects.toThrow(/^One problem in the files[^\n]*\ndeploy\/a\.yaml:1: /);
});

it("symbolic links: followed inside, refused where they lead out", async () => {
  write({ "base/a.txt": object("ConfigMap", "a") });
  symlinkSync("base/a.txt", join(directory, "a.yaml"));
  expect(await names()).toEqual(["a"]);
  symlinkSync("/etc/hostname", join(directory, "b.yaml"));
  await expect(run()).rejects.toThrow("b.yaml leads out of the repository");
});

it("an object that is declared twice: an error that names both places", async () => {
  write({ "a.yaml": object("ConfigMap", "a"), "b.yaml": object("ConfigMap", "a") });
  await expect(run()).rejects.toThrow(/b\.yaml:1: .*a\.yaml:1/);
});

it("a target namespace: set where the kind is known to take one", async () => {
  write({
    "a.yaml": object("ConfigMap", "a"),
    "b.yaml": object("ClusterRole", "b", {}, "rbac.authorization.k8s.io/v1"),
    "c.yaml": object("Widget", "c", {}, "example.com/v1"),
  });
  const found = await shown({ targetNamespace: "shop", namespace: "team", repository: "my-app" });
  const labels = { "nopea.io/repository": "my-app", "nopea.io/repository-namespace": "team" };
  expect(found.map(({ metadata }) => metadata)).toEqual([
    { name: "a", namespace: "shop", labels },
    { name: "b", labels },
    { name: "c", labels },
  ]);
});

it("neither namespace nor repository: objects are as the files have them", async () => {
  write({ "a.yaml": object("ConfigMap", "a") });
  expect((await shown()).map(({ metadata }) => metadata)).toEqual([{ name: "a" }]);
});

it("Secrets: values hidden, so that an API server still takes them; shown when asked", async () => {
  const data = { password: "c2VjcmV0", ".dockerconfigjson": "e30=" };
  write({ "a.yaml": object("Secret", "a", { data, stringData: { token: "t0ken" } }) });
  const { text } = await run();
  expect(text).not.toMatch(/c2VjcmV0|t0ken|dDBrZW4/);
  expect(text).toMatch(/^# Values of Secrets are hidden/);
  const [secret] = await shown();
  const read = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
  expect([read("password"), read(".dockerconfigjson")]).toEqual(["(hidden)", "{}"]);
  expect((await run({ showSecrets: true })).text).toContain("c2VjcmV0");
});

it("words that YAML 1.1 takes for other things: quoted", async () => {
  write({ "a.yaml": object("ConfigMap", "a", { data: { a: "on", b: "0x1f", c: "12:30:45" } }) });
  expect((await run()).text).toMatch(/a: "on"\n {2}b: "0x1f"\n {2}c: "?12:30:45"?/);
});

it("nothing there, or no directory: said so", async () => {
  expect((await run()).text).toMatch(/declares nothing/);
  await expect(run({ directory: join(directory, "absent") })).rejects.toThrow(/does not exist/);
});

it("a file that cannot be read: named, with the reason, and no bug", async () => {
  write({ "a.yaml": object("ConfigMap", "a") });
  const real = fs.readFileSync;
  const denied = Object.assign(new Error("EACCES: permission denied"), { path: "c.yaml" });
  fs.readFileSync = () => {
    throw denied;
  };
  syncBuiltinESMExports();
  try {
    await expect(run()).rejects.toThrow(/c\.yaml cannot be read: EACCES/);
  } finally {
    fs.readFileSync = real;
    syncBuiltinESMExports();
  }
});

it("git ls-files fails: said before the objects", async () => {
  write({ "a.yaml": object("ConfigMap", "a"), ".git": "nonsense" });
  const { text } = await run();
  expect(text).toMatch(/^# Nothing is left out by \.gitignore: git ls-files failed: /);
});
