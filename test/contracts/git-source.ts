/** What every GitSource promises, as tests: run on the real one and on the fake. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitLocation, GitRemote } from "../../src/model/git-repository";
import { NopeaError } from "../../src/model/errors";
import type { GitSource, GitTree, KnownFiles } from "../../src/ports";

/** A symbolic link. */
export interface Link {
  readonly linkTo: string;
}

/** Path to content; a link is a symbolic link. */
export type CommitFiles = Readonly<Record<string, string | Link>>;

export interface TestRepository {
  readonly url: string;
  /** Makes the branch (default main) hold exactly these files; returns the commit's SHA. */
  commit(files: CommitFiles, branch?: string): Promise<string>;
  /** As commit, but with a history that has nothing in common with the branch's so far. */
  forcePush(files: CommitFiles, branch?: string): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
}

export interface GitWorld {
  readonly source: GitSource;
  /** A new repository without any commit. */
  create(): Promise<TestRepository>;
  close(): Promise<void>;
}

/** The suite: `open` makes a source and somewhere to put repositories. */
export function describeGitSource(name: string, open: () => Promise<GitWorld>): void {
  describe(`${name} keeps the promise of GitSource`, () => {
    let world: GitWorld;
    let repository: TestRepository;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      repository = await world.create();
    });

    const at = (path = "", branch = "main"): GitLocation => ({ url: repository.url, branch, path });
    const signal = () => new AbortController().signal;
    const fetchAt = (path?: string, branch?: string) => fetchTip(world.source, at(path, branch));
    const failure = async (attempt: Promise<unknown>): Promise<NopeaError> => {
      const error = await attempt.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(NopeaError);
      return error as NopeaError;
    };

    it("a branch with a commit: resolve and fetch agree on its SHA", async () => {
      const commit = await repository.commit({ "a.yaml": "a: 1\n" });
      expect(await world.source.resolve(at(), signal())).toBe(commit);
      expect(await fetchAt()).toMatchObject({ commit });
      expect(textOf(await fetchAt())).toEqual({ "a.yaml": "a: 1\n" });
    });

    it("many files in folders: those that are manifests, sorted by path", async () => {
      await repository.commit({
        "z.yaml": "z",
        "b/c.yml": "c",
        "b/a.json": "{}",
        "b/A.YAML": "no",
        "README.md": "no",
        "b/c.yaml.tpl": "no",
        "b.yaml": "b",
      });
      expect((await fetchAt()).files.map(({ path }) => path)).toEqual([
        "b.yaml",
        "b/a.json",
        "b/c.yml",
        "z.yaml",
      ]);
    });

    it("a nested path: only what lies under it, named from the root", async () => {
      await repository.commit({ "a.yaml": "a", "deploy/prod/b.yaml": "b", "deploy/c.yaml": "c" });
      expect(textOf(await fetchAt("deploy/prod"))).toEqual({ "deploy/prod/b.yaml": "b" });
    });

    it("hidden files and folders: left out, unless path itself names one", async () => {
      await repository.commit({ ".a.yaml": "a", ".b/c.yaml": "c", ".b/.d.yaml": "d" });
      expect(textOf(await fetchAt())).toEqual({});
      expect(textOf(await fetchAt(".b"))).toEqual({ ".b/c.yaml": "c" });
    });

    it("equal content in two places: one object id; other content: another", async () => {
      await repository.commit({ "a.yaml": "same", "b.yaml": "same", "c.yaml": "other" });
      const [a, b, c] = (await fetchAt()).files;
      expect(a?.oid).toBe(b?.oid);
      expect(a?.oid).not.toBe(c?.oid);
    });

    it("names with spaces, quotes and beyond ASCII: come as they are", async () => {
      const name = `ordner ä/it's "quoted" \\ 日本.yaml`;
      await repository.commit({ [name]: "ü: ✓" });
      expect(textOf(await fetchAt("ordner ä"))).toEqual({ [name]: "ü: ✓" });
    });

    it("a branch with a slash: is a branch like any other", async () => {
      await repository.commit({ "a.yaml": "main" });
      const commit = await repository.commit({ "a.yaml": "feature" }, "feature/x");
      expect(await world.source.resolve(at("", "feature/x"), signal())).toBe(commit);
      expect(textOf(await fetchAt("", "feature/x"))).toEqual({ "a.yaml": "feature" });
    });

    it("a new commit: seen by the next call", async () => {
      await repository.commit({ "a.yaml": "1", "b.yaml": "gone soon" });
      await fetchAt();
      const commit = await repository.commit({ "a.yaml": "2" });
      expect(await world.source.resolve(at(), signal())).toBe(commit);
      expect(textOf(await fetchAt())).toEqual({ "a.yaml": "2" });
    });

    it("a force-push: the branch is what it is now", async () => {
      await repository.commit({ "a.yaml": "1" });
      const commit = await repository.forcePush({ "b.yaml": "2" });
      expect(await fetchAt()).toMatchObject({ commit });
      expect(textOf(await fetchAt())).toEqual({ "b.yaml": "2" });
    });

    it("a branch that does not exist: git-branch-not-found, naming it and those that do", async () => {
      await repository.commit({ "a.yaml": "a" });
      await repository.commit({ "a.yaml": "a" }, "main-2");
      for (const attempt of [
        () => world.source.resolve(at("", "main-3"), signal()),
        () => fetchAt("", "main-3"),
      ]) {
        const { code, message } = await failure(attempt());
        expect(code).toBe("git-branch-not-found");
        expect(message).toContain("main-3");
        expect(message).toContain("main-2");
      }
    });

    it("a name that only begins as a branch does: is not that branch", async () => {
      await repository.commit({ "a.yaml": "a" }, "main-2");
      expect((await failure(world.source.resolve(at(), signal()))).code).toBe(
        "git-branch-not-found",
      );
    });

    it("a deleted branch: git-branch-not-found", async () => {
      await repository.commit({ "a.yaml": "a" });
      await repository.commit({ "a.yaml": "b" }, "gone");
      await repository.deleteBranch("gone");
      expect((await failure(fetchAt("", "gone"))).code).toBe("git-branch-not-found");
    });

    it("an empty repository: git-branch-not-found that says it is empty", async () => {
      for (const attempt of [() => world.source.resolve(at(), signal()), () => fetchAt()]) {
        const { code, message } = await failure(attempt());
        expect(code).toBe("git-branch-not-found");
        expect(message).toContain("empty");
      }
    });

    it("a repository that does not exist: git-not-found", async () => {
      const location = { ...at(), url: `${repository.url.replace(/\.git$/, "")}-missing.git` };
      expect((await failure(world.source.resolve(location, signal()))).code).toBe("git-not-found");
      const fetched = world.source.fetch(location, "1".repeat(40), nothingKnown, signal());
      expect((await failure(fetched)).code).toBe("git-not-found");
    });

    it("a path that does not exist: git-path-not-found, naming path, branch and commit", async () => {
      const commit = await repository.commit({ "deploy/a.yaml": "a" });
      const { code, message } = await failure(fetchAt("deploy/prod"));
      expect(code).toBe("git-path-not-found");
      expect(message).toContain("deploy/prod");
      expect(message).toContain("main");
      expect(message).toContain(commit.slice(0, 12));
    });

    it("a path that is a file or a link: git-path-not-found that says so", async () => {
      await repository.commit({ "a.yaml": "a", "d/b.yaml": "b", l: { linkTo: "d" } });
      expect((await failure(fetchAt("a.yaml"))).message).toContain("is a file");
      expect((await failure(fetchAt("a.yaml"))).code).toBe("git-path-not-found");
      expect((await failure(fetchAt("l"))).message).toContain("symbolic link");
    });

    it("links to files of the repository: their target's content under their own name", async () => {
      await repository.commit({
        "base/a.yaml": "a",
        "deploy/near.yaml": { linkTo: "sub/b.yaml" },
        "deploy/sub/b.yaml": "b",
        "deploy/sub/far.yaml": { linkTo: "../../base/a.yaml" },
        "deploy/twice.yaml": { linkTo: "sub/far.yaml" },
        "deploy/notes.txt": { linkTo: "sub/b.yaml" },
      });
      expect(textOf(await fetchAt("deploy"))).toEqual({
        "deploy/near.yaml": "b",
        "deploy/sub/b.yaml": "b",
        "deploy/sub/far.yaml": "a",
        "deploy/twice.yaml": "a",
      });
    });

    it.each([
      ["out of the tree", "../../etc/passwd"],
      ["to an absolute place", "/etc/passwd"],
      ["to a directory", "sub"],
      ["to nothing", "missing.yaml"],
      ["to itself", "link.yaml"],
    ])("a link %s: manifest-invalid, naming the link", async (_, linkTo) => {
      await repository.commit({ "d/link.yaml": { linkTo }, "d/sub/a.yaml": "a" });
      const { code, message } = await failure(fetchAt("d"));
      expect(code).toBe("manifest-invalid");
      expect(message).toContain("d/link.yaml");
    });

    it(".nopeaignore at the root and in path: leave files out, the deeper one has the last word", async () => {
      await repository.commit({
        ".nopeaignore": "*.tpl.yaml\n/deploy/old/\nCase.yaml\n",
        "deploy/.nopeaignore": "# ours\n/local.yaml\n!keep.tpl.yaml\nbroken\n",
        "deploy/a.yaml": "a",
        "deploy/x.tpl.yaml": "x",
        "deploy/keep.tpl.yaml": "k",
        "deploy/local.yaml": "l",
        "deploy/sub/local.yaml": "s",
        "deploy/old/b.yaml": "b",
        "deploy/case.yaml": "c",
        "deploy/broken": { linkTo: "nowhere" },
        "deploy/sub/.nopeaignore": "*",
      });
      expect(Object.keys(textOf(await fetchAt("deploy")))).toEqual([
        "deploy/a.yaml",
        "deploy/case.yaml",
        "deploy/keep.tpl.yaml",
        "deploy/sub/local.yaml",
      ]);
    });

    it("a Git LFS pointer among the manifests: manifest-invalid, naming the file", async () => {
      await repository.commit({
        "big.yaml": `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`,
      });
      const { code, message } = await failure(fetchAt());
      expect(code).toBe("manifest-invalid");
      expect(message).toContain("big.yaml");
    });

    it("an older commit, by its SHA: its tree, also after the branch was moved by force", async () => {
      const old = await repository.commit({ "a.yaml": "old", "b.yaml": "same" });
      const next = await repository.commit({ "a.yaml": "new", "b.yaml": "same" });
      await repository.forcePush({ "c.yaml": "other" });
      const fetch = (commit: string) => world.source.fetch(at(), commit, nothingKnown, signal());
      expect(textOf(await fetch(old))).toEqual({ "a.yaml": "old", "b.yaml": "same" });
      expect(textOf(await fetch(next))).toEqual({ "a.yaml": "new", "b.yaml": "same" });
      expect(await fetch(old)).toMatchObject({ commit: old });
    });

    it("a commit that there is not: git-commit-not-found", async () => {
      await repository.commit({ "a.yaml": "a" });
      const fetched = world.source.fetch(at(), "1".repeat(40), nothingKnown, signal());
      expect((await failure(fetched)).code).toBe("git-commit-not-found");
    });

    it("files that are known: named, without content; those that are not: with it", async () => {
      await repository.commit({ "a.yaml": "a", "b.yaml": "b" });
      const commit = await world.source.resolve(at(), signal());
      const [a] = (await fetchAt()).files;
      const known = (path: string, oid: string) =>
        path === "a.yaml" && oid === a?.oid ? 1 : undefined;
      const { files } = await world.source.fetch(at(), commit, known, signal());
      expect(files.map(({ path, content }) => [path, content?.toString()])).toEqual([
        ["a.yaml", undefined],
        ["b.yaml", "b"],
      ]);
    });

    it("two repositories at once: each call gets its own", async () => {
      await repository.commit({ "a.yaml": "one" });
      const other = await world.create();
      await other.commit({ "a.yaml": "two" });
      const trees = await Promise.all(
        [repository, other, repository, other].map(({ url }) =>
          fetchTip(world.source, { url, branch: "main", path: "" }),
        ),
      );
      expect(trees.map(tree => textOf(tree)["a.yaml"])).toEqual(["one", "two", "one", "two"]);
    });

    it("an aborted signal: rejects with its reason", async () => {
      await repository.commit({ "a.yaml": "a" });
      const reason = new Error("enough");
      await expect(world.source.resolve(at(), AbortSignal.abort(reason))).rejects.toBe(reason);
      const commit = await world.source.resolve(at(), signal());
      await expect(
        world.source.fetch(at(), commit, nothingKnown, AbortSignal.abort(reason)),
      ).rejects.toBe(reason);
    });
  });
}

/** Somebody who has read nothing yet. */
export const nothingKnown: KnownFiles = () => undefined;

/** The tree of the branch's tip, as a sync gets it. */
export async function fetchTip(
  source: GitSource,
  remote: GitRemote,
  signal = new AbortController().signal,
): Promise<GitTree> {
  return source.fetch(remote, await source.resolve(remote, signal), nothingKnown, signal);
}

/** A tree's files as text. */
export function textOf(tree: GitTree): Record<string, string> {
  return Object.fromEntries(
    tree.files.map(({ path, content = "" }) => [path, Buffer.from(content).toString()]),
  );
}
