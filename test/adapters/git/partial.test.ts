/** How little is asked and transferred: counted at a real Git server, with and without partial clone, in both protocols. */
import { beforeEach, describe, expect, it } from "vitest";
import { createGitSource } from "../../../src/adapters/git/git-source";
import type { GitLimits } from "../../../src/adapters/git/limits";
import type { ServedRepository } from "../../../src/local/git-server";
import type { GitSource, GitTree, KnownFiles } from "../../../src/ports";
import { fetchTip, nothingKnown, textOf } from "../../contracts/git-source";
import { useGitConnections, useGitServer } from "../../support/git";

const NOISE = Array.from({ length: 20_000 }, (_, index) => Math.sin(index)).join("\n");
const signal = new AbortController().signal;
const git = useGitServer();
const connections = useGitConnections();
const single = useGitConnections({ socketsPerHost: 1, timeouts: { idleMs: 5_000 } });
let repository: ServedRepository;
let name: string;
let count = 0;

beforeEach(async () => {
  name = `partial-${count++}`;
  repository = await git().create(name);
});

function open(limits: Partial<GitLimits> = {}): GitSource {
  return createGitSource({ connections, limits });
}

function at(path = "") {
  return { url: repository.url, branch: "main", path };
}

/** What a worker knows that has read this tree. */
function knownFrom(tree: GitTree): KnownFiles {
  return (path, oid) =>
    tree.files.find(file => file.path === path && file.oid === oid)?.content?.length;
}

/** Methods of the requests during the work, and the bytes of their answers. */
async function asked<T>(work: () => Promise<T>) {
  git().forget();
  const result = await work();
  // the server hears of the end of its answer a moment later
  for (let tries = 0; tries < 100 && git().requests.some(hasNotEnded); tries++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  const requests = git()
    .requests.map(({ method }) => method)
    .join(" ");
  const bytes = git().requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  return { result, requests, bytes };
}

function hasNotEnded({ sentBytes }: { readonly sentBytes: number }): boolean {
  return sentBytes === 0;
}

describe("a server with partial clone", () => {
  it("nothing moved: one small request, after the first time", async () => {
    for (let round = 0; round < 30; round++) await repository.commit({ "a.yaml": `a: ${round}` });
    const source = open();
    const first = await asked(() => source.resolve(at(), signal));
    expect(first.requests).toBe("GET POST");
    const second = await asked(() => source.resolve(at(), signal));
    expect(second.requests).toBe("POST");
    expect(second.bytes).toBeLessThan(1000);
  });

  it("first fetch: folders, then only the files under path", async () => {
    const files = { "noise.bin": NOISE, "other/noise.yaml": NOISE, "deploy/a.yaml": "a" };
    await repository.commit(files);
    const source = open();
    const commit = await source.resolve(at("deploy"), signal);
    const { result, requests, bytes } = await asked(() =>
      source.fetch(at("deploy"), commit, nothingKnown, signal),
    );
    expect(textOf(result)).toEqual({ "deploy/a.yaml": "a" });
    expect(requests).toBe("POST POST");
    expect(bytes).toBeLessThan(3000);
  });

  it("a new commit: its folders and its new files, nothing else", async () => {
    const big = NOISE.slice(0, 100_000);
    await repository.commit({ "deploy/big.yaml": big, "deploy/a.yaml": "a" });
    const source = open();
    const before = await fetchTip(source, at("deploy"));
    const commit = await repository.commit({ "deploy/a.yaml": "b" });
    const { result, requests, bytes } = await asked(() =>
      source.fetch(at("deploy"), commit, knownFrom(before), signal),
    );
    expect(result.files.map(({ path, content }) => [path, content?.toString()])).toEqual([
      ["deploy/a.yaml", "b"],
      ["deploy/big.yaml", undefined],
    ]);
    expect(requests).toBe("POST");
    expect(bytes).toBeLessThan(3000);
  });

  it("a new commit in a repository of many folders: not all of them again", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`d${index}/f${index}.txt`, `${index}`]),
    );
    await repository.commit({ ...files, "deploy/a.yaml": "a" });
    const source = open();
    const first = await asked(() => fetchTip(source, at("deploy")));
    expect(first.bytes).toBeGreaterThan(30_000);
    await repository.commit({ "deploy/a.yaml": "b", "d7/new.txt": "new" });
    const second = await asked(() => fetchTip(source, at("deploy")));
    expect(textOf(second.result)).toEqual({ "deploy/a.yaml": "b" });
    expect(second.bytes).toBeLessThan(4000);
  });

  it("a commit that changes nothing under path: one request; one that is known: none", async () => {
    const first = await repository.commit({ "deploy/a.yaml": "a" });
    const source = open();
    await fetchTip(source, at("deploy"));
    const commit = await repository.commit({ "README.md": NOISE });
    const fetch = (of: string) => source.fetch(at("deploy"), of, nothingKnown, signal);
    const { result, requests, bytes } = await asked(() => fetch(commit));
    expect(textOf(result)).toEqual({ "deploy/a.yaml": "a" });
    expect(requests).toBe("POST");
    expect(bytes).toBeLessThan(2000);
    expect(await asked(() => fetch(first))).toMatchObject({ requests: "", bytes: 0 });
  });

  it("a whole repository: its small files with its folders, the others by their names", async () => {
    const big = NOISE.slice(0, 100_000);
    await repository.commit({
      "a.yaml": "a",
      "d/b.yaml": "b",
      "big.yaml": big,
      "noise.bin": NOISE,
    });
    const source = open();
    const commit = await source.resolve(at(), signal);
    const fetch = () => source.fetch(at(), commit, nothingKnown, signal);
    const { result, requests, bytes } = await asked(fetch);
    expect(textOf(result)).toEqual({ "a.yaml": "a", "d/b.yaml": "b", "big.yaml": big });
    expect(requests).toBe("POST POST");
    expect(bytes).toBeLessThan(60_000);
  });

  it("files that would be too much along with a commit: those under path alone, by their names", async () => {
    const some = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `other/${index}.txt`,
        NOISE.slice(index * 3000, index * 3000 + 30_000),
      ]),
    );
    await repository.commit({ "d/a.yaml": "a" });
    // an answer that is given up must not keep the only connection
    const limits = { alongBytes: 50_000, transferBytes: 500_000 };
    const source = createGitSource({ connections: single, limits });
    await fetchTip(source, at("d"));
    const commit = await repository.commit({ ...some, "d/a.yaml": "b" });
    const { result, requests } = await asked(() =>
      source.fetch(at("d"), commit, nothingKnown, signal),
    );
    expect(textOf(result)).toEqual({ "d/a.yaml": "b" });
    expect(requests).toBe("POST POST POST");
  });

  it("a file that was elsewhere in the commit before: it is asked for by its name", async () => {
    await repository.commit({ "other/b.yaml": "b", "d/a.yaml": "a" });
    const source = open();
    await fetchTip(source, at("d"));
    const commit = await repository.commit({ "d/b.yaml": "b" });
    const { result, requests } = await asked(() =>
      source.fetch(at("d"), commit, nothingKnown, signal),
    );
    expect(textOf(result)).toEqual({ "d/a.yaml": "a", "d/b.yaml": "b" });
    expect(requests).toBe("POST POST");
  });

  it("a server that does not filter by size: without, from then on", async () => {
    await repository.git("config", "uploadpackfilter.blob:limit.allow", "false");
    await repository.commit({ "a.yaml": "a" });
    const source = open();
    const first = await asked(() => fetchTip(source, at()));
    expect(textOf(first.result)).toEqual({ "a.yaml": "a" });
    await repository.commit({ "a.yaml": "b" });
    const second = await asked(() => fetchTip(source, at()));
    expect(textOf(second.result)).toEqual({ "a.yaml": "b" });
    expect(second.requests).toBe("POST POST POST");
  });

  it("two repositories on one URL: the second one fetches only what the first has not", async () => {
    const files = { "a/x.yaml": "x", "b/y.yaml": "y" };
    const commit = await repository.commit(files);
    const source = open();
    const fetch = (path: string) => source.fetch(at(path), commit, nothingKnown, signal);
    const { result, requests } = await asked(() => Promise.all([fetch("a"), fetch("a")]));
    expect(result.map(textOf)).toEqual([{ "a/x.yaml": "x" }, { "a/x.yaml": "x" }]);
    expect(requests).toBe("GET POST POST");
    const other = await asked(() => fetch("b"));
    expect(textOf(other.result)).toEqual({ "b/y.yaml": "y" });
    expect(other.requests).toBe("POST POST");
  });

  it("one path first, then the root with hundreds of folders: a few requests", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`d${index}/a.yaml`, `n: ${index}`]),
    );
    await repository.commit(files);
    const source = open();
    await fetchTip(source, at("d7"));
    const { result, requests } = await asked(() => fetchTip(source, at()));
    expect(textOf(result)).toEqual(files);
    expect(requests.split(" ").length).toBeLessThanOrEqual(5);
    await repository.commit({ "d9/a.yaml": "new" });
    expect(textOf(await fetchTip(source, at()))).toEqual({ ...files, "d9/a.yaml": "new" });
  });

  it("read as somebody else: shares nothing", async () => {
    const commit = await repository.commit({ "a.yaml": "a" });
    const source = open();
    await source.fetch(at(), commit, nothingKnown, signal);
    const asBob = { ...at(), credentials: { authorization: "Basic Ym9iOmJvYg==" } };
    const { requests } = await asked(() => source.fetch(asBob, commit, nothingKnown, signal));
    expect(requests).toBe("GET POST");
  });

  it("nothing can be kept: every tree all the same", async () => {
    const source = open({ storeBytes: 0 });
    const files = { "a/b/c/x.yaml": "x", "a/b/y.yaml": "y", "a/z.yaml": { link: "b/c/x.yaml" } };
    await repository.commit(files);
    const whole = { "a/b/c/x.yaml": "x", "a/b/y.yaml": "y", "a/z.yaml": "x" };
    expect(textOf(await fetchTip(source, at("a")))).toEqual(whole);
    await repository.commit({ "a/b/y.yaml": "new" });
    expect(textOf(await fetchTip(source, at("a")))).toEqual({ ...whole, "a/b/y.yaml": "new" });
  });

  it("an ignore file and links: one request more, however many", async () => {
    const links = Object.fromEntries(
      Array.from({ length: 5 }, (_, index) => [`d/l${index}.yaml`, { link: `x${index}.yaml` }]),
    );
    const targets = Object.fromEntries(
      Array.from({ length: 5 }, (_, index) => [`d/x${index}.yaml`, `${index}`]),
    );
    await repository.commit({ ...links, ...targets, ".nopeaignore": "x0.yaml\n" });
    const source = open();
    const { result, requests } = await asked(() => fetchTip(source, at("d")));
    expect(Object.keys(textOf(result))).toHaveLength(9);
    expect(requests).toBe("GET POST POST POST POST");
  });

  it("eight thousand files and more: all of them, in requests that a proxy lets through", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 8_100 }, (_, index) => [
        `d/d${index % 50}/f${index}.yaml`,
        `n: ${index}`,
      ]),
    );
    await repository.commit(files);
    const { result, requests } = await asked(() => fetchTip(open(), at("d")));
    expect(textOf(result)).toEqual(files);
    expect(requests).toBe("GET POST POST POST POST");
  }, 120_000);
});

describe("a server without partial clone", () => {
  beforeEach(() => repository.git("config", "uploadpack.allowFilter", "false"));

  it("first and second commit: every file; the second transfers only what is new", async () => {
    await repository.commit({ "noise.bin": NOISE, "d/a.yaml": "a" });
    const source = open();
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/a.yaml": "a" });
    const commit = await repository.commit({ "d/a.yaml": "b" });
    const { result, bytes } = await asked(() =>
      source.fetch(at("d"), commit, nothingKnown, signal),
    );
    expect(textOf(result)).toEqual({ "d/a.yaml": "b" });
    expect(bytes).toBeLessThan(3000);
  });

  it("too large: git-too-large that says what the server lacks", async () => {
    await repository.commit({ "noise.bin": NOISE, "d/a.yaml": "a" });
    await expect(fetchTip(open({ transferBytes: 50_000 }), at("d"))).rejects.toMatchObject({
      code: "git-too-large",
      message: expect.stringContaining("too large for a server without partial clone") as string,
    });
  });

  it("the server gets it later, or loses it: the next fetch goes well", async () => {
    const source = open();
    await repository.commit({ "d/a.yaml": "a" });
    await fetchTip(source, at("d"));
    await repository.git("config", "uploadpack.allowFilter", "true");
    await repository.commit({ "d/a.yaml": "b" });
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/a.yaml": "b" });
    const fresh = open();
    await fetchTip(fresh, at("d"));
    await repository.git("config", "uploadpack.allowFilter", "false");
    await repository.commit({ "d/a.yaml": "c" });
    expect(textOf(await fetchTip(fresh, at("d")))).toEqual({ "d/a.yaml": "c" });
  });
});

describe("a server of protocol v0", () => {
  beforeEach(() => git().behave(name, { oldProtocol: true }));

  it("commits, force-pushes and deltas: every file", async () => {
    const source = open();
    await repository.commit({ "d/a.yaml": "a", "d/b.yaml": NOISE });
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/a.yaml": "a", "d/b.yaml": NOISE });
    await repository.commit({ "d/a.yaml": "b" });
    expect(textOf(await fetchTip(source, at("d")))).toMatchObject({ "d/a.yaml": "b" });
    await repository.commit({ "d/c.yaml": "c" }, { parent: null });
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/c.yaml": "c" });
  });

  it("an empty repository, a branch that is not there: git-branch-not-found", async () => {
    const source = open();
    await expect(source.resolve(at(), signal)).rejects.toThrow("it has no branch at all");
    await repository.commit({ "a.yaml": "a" }, { branch: "trunk" });
    await expect(source.resolve(at(), signal)).rejects.toThrow("the repository has trunk");
  });

  it("a commit that is no tip: git-commit-not-found where the server allows only tips", async () => {
    await repository.git("config", "uploadpack.allowAnySHA1InWant", "false");
    const old = await repository.commit({ "a.yaml": "a" });
    await repository.commit({ "a.yaml": "b" }, { parent: null });
    await expect(open().fetch(at(), old, nothingKnown, signal)).rejects.toMatchObject({
      code: "git-commit-not-found",
    });
  });

  it("one path first, then another one: both, by their objects' names and by the whole commit", async () => {
    await repository.commit({ "a/x.yaml": "x", "b/y.yaml": "y", "b/z/z.yaml": "z" });
    for (const allowed of ["true", "false"]) {
      await repository.git("config", "uploadpack.allowAnySHA1InWant", allowed);
      const source = open();
      await fetchTip(source, at("a"));
      expect(Object.keys(textOf(await fetchTip(source, at("b"))))).toEqual([
        "b/y.yaml",
        "b/z/z.yaml",
      ]);
      expect(Object.keys(textOf(await fetchTip(source, at())))).toHaveLength(3);
    }
  });

  it("the server is upgraded: the next fetch goes well", async () => {
    const source = open();
    await repository.commit({ "d/a.yaml": "a" });
    await fetchTip(source, at("d"));
    git().behave(name, {});
    await repository.commit({ "d/a.yaml": "b" });
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/a.yaml": "b" });
    git().behave(name, { oldProtocol: true });
    await repository.commit({ "d/a.yaml": "c" });
    expect(textOf(await fetchTip(source, at("d")))).toEqual({ "d/a.yaml": "c" });
  });
});

describe("a repository that is itself a shallow clone", () => {
  it.each([
    ["protocol v2", {}],
    ["protocol v0", { oldProtocol: true }],
  ])("%s: its tip, and a commit on top of it", async (_, behaviour) => {
    await repository.commit({ "d/a.yaml": "a", "d/b.yaml": "b" });
    await repository.commit({ "d/a.yaml": "b" });
    const shallow = await git().create(`${name}-shallow`);
    git().behave(`${name}-shallow`, behaviour);
    const from = `file://${repository.directory}`;
    await shallow.git("fetch", "-q", "--depth=1", "--update-shallow", from, "main:main");
    const source = open();
    const remote = { url: shallow.url, branch: "main", path: "d" };
    expect(textOf(await fetchTip(source, remote))).toEqual({ "d/a.yaml": "b", "d/b.yaml": "b" });
    await shallow.commit({ "d/b.yaml": "c" });
    expect(textOf(await fetchTip(source, remote))).toEqual({ "d/a.yaml": "b", "d/b.yaml": "c" });
  });
});

describe("a server that breaks off", () => {
  it.each([10, 300, 600, 5000])(
    "after %i bytes of an answer: an error, never half a tree",
    async bytes => {
      await repository.commit({ "d/a.yaml": "a", "d/b.yaml": NOISE });
      const source = open();
      const commit = await source.resolve(at("d"), signal);
      git().behave(name, { cutAfterBytes: bytes });
      await expect(source.fetch(at("d"), commit, nothingKnown, signal)).rejects.toMatchObject({
        name: "NopeaError",
        code: expect.stringMatching(/git-(unreachable|protocol)/) as string,
      });
      git().behave(name, {});
      expect(Object.keys(textOf(await fetchTip(source, at("d"))))).toEqual([
        "d/a.yaml",
        "d/b.yaml",
      ]);
    },
  );
});
