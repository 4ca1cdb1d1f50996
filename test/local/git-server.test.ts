/** The local Git server: what a real git client sees of it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { gitEnvironment } from "../../src/local/git-repository";
import { useGitServer } from "../support/git";

const server = useGitServer();
const run = promisify(execFile);

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { ...gitEnvironment(), GIT_AUTHOR_NAME: "t", GIT_AUTHOR_EMAIL: "t@localhost" };
  const committer = { GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@localhost" };
  const { stdout } = await run("git", args, { cwd, env: { ...env, ...committer } });
  return stdout.trim();
}

async function clone(url: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-clone-"));
  await git(directory, "clone", "--quiet", url, "work");
  return join(directory, "work");
}

test("a commit: cloned as it was written, and a push comes back", async () => {
  const repository = await server().create("team/app");
  const first = await repository.commit({ "deploy/a b.yaml": "a: 1\n", gone: "x" });
  const second = await repository.commit({ gone: null });
  expect(second).not.toBe(first);
  const work = await clone(repository.url);
  expect(await readFile(join(work, "deploy", "a b.yaml"), "utf8")).toBe("a: 1\n");
  await writeFile(join(work, "new.yaml"), "b: 2\n");
  await git(work, "add", ".");
  await git(work, "commit", "--quiet", "-m", "more");
  await git(work, "push", "--quiet");
  expect(await repository.head()).toBe(await git(work, "rev-parse", "HEAD"));
  await rm(join(work, ".."), { recursive: true });
});

test("commits to one branch at once: each stands upon the other, and nothing is lost", async () => {
  const repository = await server().create("at-once");
  await repository.commit({ first: "1" });
  const names = ["a", "b", "c", "d"];
  await Promise.all(names.map(name => repository.commit({ [name]: name })));
  const files = await repository.git("ls-tree", "--name-only", "main");
  expect(files.trim().split("\n")).toEqual([...names, "first"]);
});

test("a commit on another parent: the branch is forced there, its files are only those", async () => {
  const repository = await server().create("forced");
  await repository.commit({ a: "1" });
  await repository.commit({ b: "1" }, { parent: null });
  expect(await repository.git("ls-tree", "-r", "--name-only", "main")).toBe("b\n");
  expect(await repository.git("rev-list", "--count", "main")).toBe("1\n");
});

test("a deleted branch: nobody can resolve it", async () => {
  const repository = await server().create("branches");
  await repository.commit({ a: "1" }, { branch: "topic" });
  await repository.deleteBranch("topic");
  await expect(repository.head("topic")).rejects.toThrow();
});

test("basic authentication: 401 without, answered with", async () => {
  const repository = await server().create("private");
  await repository.commit({ a: "1" });
  server().behave("private", { basicAuth: { username: "u", password: "p" } });
  const probe = `${repository.url}/info/refs?service=git-upload-pack`;
  expect((await fetch(probe)).status).toBe(401);
  const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;
  expect((await fetch(probe, { headers: { authorization } })).status).toBe(200);
});

test("a hanging server: no answer until the client gives up, and the request is counted", async () => {
  const repository = await server().create("hanging");
  server().behave("hanging", { hang: true });
  const signal = AbortSignal.timeout(2_000);
  await expect(fetch(repository.url, { signal })).rejects.toThrow();
  expect(server().requests.filter(request => request.repository === "hanging")).toHaveLength(1);
});

test("protocol version 2: passed on to Git", async () => {
  const repository = await server().create("v2");
  await repository.commit({ a: "1" });
  const response = await fetch(`${repository.url}/info/refs?service=git-upload-pack`, {
    headers: { "git-protocol": "version=2" },
  });
  const text = await response.text();
  expect(text).toContain("version 2");
  expect(text).toContain("filter");
});
