/** Repositories as only a real Git server has them: odd heads, tags, submodules, packs with deltas, large ones. */
import { beforeEach, describe, expect, it } from "vitest";
import { createGitSource } from "../../../src/adapters/git/git-source";
import type { GitLimits } from "../../../src/adapters/git/limits";
import type { ServedRepository } from "../../../src/local/git-server";
import { fetchTip, textOf } from "../../contracts/git-source";
import { useGitConnections, useGitServer } from "../../support/git";

const IDENTITY = ["-c", "user.name=x", "-c", "user.email=x@localhost"];
const git = useGitServer();
const connections = useGitConnections();
let repository: ServedRepository;
let count = 0;

beforeEach(async () => {
  repository = await git().create(`real-${count++}`);
});

function fetchWith(limits: Partial<GitLimits>, path = "", branch = "main") {
  const source = createGitSource({ connections, limits });
  return fetchTip(source, { url: repository.url, branch, path });
}

function resolve(branch = "main") {
  const source = createGitSource({ connections });
  return source.resolve({ url: repository.url, branch, path: "" }, new AbortController().signal);
}

describe("heads and tags", () => {
  it("HEAD names a branch that does not exist: the branch that was asked for is fetched", async () => {
    const commit = await repository.commit({ "a.yaml": "a" }, { branch: "trunk" });
    expect(await resolve("trunk")).toBe(commit);
    expect(textOf(await fetchWith({}, "", "trunk"))).toEqual({ "a.yaml": "a" });
  });

  it("a tag of the same name: the branch is meant", async () => {
    const old = await repository.commit({ "a.yaml": "old" });
    await repository.git("tag", "main", old);
    const commit = await repository.commit({ "a.yaml": "new" });
    expect(await resolve()).toBe(commit);
    expect(await fetchWith({})).toMatchObject({ commit });
  });

  it("a branch with odd characters: is found", async () => {
    const branch = "fix/ä-#7%20+&=(x)'";
    const commit = await repository.commit({ "a.yaml": "a" }, { branch });
    expect(await resolve(branch)).toBe(commit);
    expect(await fetchWith({}, "", branch)).toMatchObject({ commit });
  });

  it("a repository of SHA-256: git-unsupported that says so", async () => {
    const git = (...args: string[]) => repository.git("--git-dir=new.git", ...args);
    await git("init", "--quiet", "--bare", "--object-format=sha256", "new.git");
    const tree = (await git("write-tree")).trim();
    const commit = (await git(...IDENTITY, "commit-tree", "-m", "first", tree)).trim();
    await git("update-ref", "refs/heads/main", commit);
    repository = { ...repository, url: `${repository.url}/new.git` };
    await expect(resolve()).rejects.toMatchObject({
      code: "git-unsupported",
      message: expect.stringContaining("SHA256") as string,
    });
  });
});

describe("submodules", () => {
  it("beside manifests: named, and not there; path inside one: git-path-not-found that says so", async () => {
    const commit = await repository.commit({ "a.yaml": "a" });
    await repository.git("update-ref", "refs/heads/main", await withSubmodule(commit));
    const tree = await fetchWith({});
    expect(textOf(tree)).toEqual({ "a.yaml": "a" });
    expect(tree.submodules).toEqual(["vendor"]);
    await expect(fetchWith({}, "vendor/deploy")).rejects.toMatchObject({
      code: "git-path-not-found",
      message: expect.stringContaining("vendor is a submodule") as string,
    });
  });

  async function withSubmodule(commit: string): Promise<string> {
    const blob = (await repository.git("rev-parse", `${commit}:a.yaml`)).trim();
    const index = { file: `100644,${blob},a.yaml`, module: `160000,${commit},vendor` };
    for (const entry of Object.values(index)) {
      await repository.git("update-index", "--add", "--cacheinfo", entry);
    }
    const tree = (await repository.git("write-tree")).trim();
    return (await repository.git(...IDENTITY, "commit-tree", "-m", "module", tree)).trim();
  }
});

describe("packs", () => {
  it("many alike files, packed as deltas: every byte as committed", async () => {
    const base = Array.from({ length: 400 }, (_, index) => `key${index}: value ${index * 7919}`);
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `f${index}.yaml`,
        [...base.slice(index), `own: ${index}`, ...base.slice(0, index)].join("\n"),
      ]),
    );
    await repository.commit(files);
    await repository.git("repack", "-adfq", "--depth=50", "--window=50");
    expect(textOf(await fetchWith({}))).toEqual(files);
  });

  it("deltas whose bases are not kept in memory: still every byte", async () => {
    const big = Array.from({ length: 120_000 }, (_, index) => `k${index}: ${index * 7919}`);
    const files = Object.fromEntries(
      [0, 1, 2, 3].map(index => [`f${index}.yaml`, [...big, `own: ${index}`].join("\n")]),
    );
    await repository.commit(files);
    await repository.git("repack", "-adfq", "--depth=50", "--window=50");
    expect(textOf(await fetchWith({}))).toEqual(files);
  });

  it("an object beyond what is held, outside of path: passed over", async () => {
    await repository.git("config", "uploadpack.allowFilter", "false");
    const blob = Buffer.alloc(3 * 2 ** 20, "0123456789abcdef!");
    await repository.commit({ "video.bin": blob, "deploy/a.yaml": "a" });
    expect(textOf(await fetchWith({ objectBytes: 2 ** 20 }, "deploy"))).toEqual({
      "deploy/a.yaml": "a",
    });
  });
});

describe("limits", () => {
  it("a manifest over the limit: manifest-invalid, naming it", async () => {
    await repository.commit({ "ok.yaml": "a", "d/big.yaml": "x".repeat(2000) });
    await expect(fetchWith({ fileBytes: 1000 })).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringContaining("d/big.yaml") as string,
    });
  });

  it("manifests over the limit together: git-too-large", async () => {
    await repository.commit({ "a.yaml": "x".repeat(600), "b.yaml": "y".repeat(600) });
    await expect(fetchWith({ selectedBytes: 1000 })).rejects.toMatchObject({
      code: "git-too-large",
    });
  });

  it("a transfer over the limit: git-too-large", async () => {
    const noise = Array.from({ length: 20_000 }, (_, index) => Math.sin(index)).join("\n");
    await repository.commit({ "noise.txt": noise, "d/noise.yaml": noise });
    await expect(fetchWith({ transferBytes: 50_000 }, "d")).rejects.toMatchObject({
      code: "git-too-large",
      message: expect.stringContaining("too much for one fetch") as string,
    });
  });

  it("a small pack that unpacks to very much: git-too-large before it does", async () => {
    await repository.git("config", "uploadpack.allowFilter", "false");
    await repository.commit({ "zeros.bin": Buffer.alloc(64 * 2 ** 20), "a.yaml": "a" });
    await expect(fetchWith({ unpackedBytes: 2 ** 20 })).rejects.toMatchObject({
      code: "git-too-large",
    });
  });

  it("links whose targets wander about: manifest-invalid within seconds", async () => {
    const target = `${"z/../".repeat(800)}a.yaml`;
    const links = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`l${index}.yaml`, { link: target }]),
    );
    await repository.commit({ ...links, "a.yaml": "a", "z/b.txt": "b" });
    await expect(fetchWith({})).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringContaining("longer than nopea follows") as string,
    });
  });

  it("more entries of folders than are read: git-too-large", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`other/f${index}`, `${index}`]),
    );
    await repository.commit({ ...files, "d/a.yaml": "a" });
    expect(textOf(await fetchWith({ entries: 50 }, "d"))).toEqual({ "d/a.yaml": "a" });
    await expect(fetchWith({ entries: 50 }, "other")).rejects.toMatchObject({
      code: "git-too-large",
    });
  });

  it("a pattern that takes for ever to match: manifest-invalid within seconds", async () => {
    await repository.commit({
      ".nopeaignore": `${"*a".repeat(12)}b.yaml\n`,
      [`${"a".repeat(200)}.yaml`]: "a",
    });
    await expect(fetchWith({})).rejects.toMatchObject({
      code: "manifest-invalid",
      message: expect.stringContaining("too long to match") as string,
    });
  });
});
