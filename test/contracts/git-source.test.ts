/** The fake and the real GitSource, held to the same promise. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitConnections } from "../../src/adapters/git/connections";
import { createGitSource } from "../../src/adapters/git/git-source";
import type { Content, Files } from "../../src/local/git-fast-import";
import { createAuthority } from "../../src/local/certificates";
import { startGitServer, type Behaviour } from "../../src/local/git-server";
import type { GitCredentials } from "../../src/model/git-repository";
import type { GitSource } from "../../src/ports";
import { createFakeGit } from "../support/fake-git-source";
import { describeGitSource, type CommitFiles, type GitWorld, type Link } from "./git-source";

/** How a real server differs from one that can and allows everything. */
interface Variant {
  readonly behaviour?: Behaviour;
  readonly partialClone?: boolean;
  readonly tls?: boolean;
  readonly credentials?: GitCredentials;
}

const authority = createAuthority();
const login = { username: "larry", password: "hunter2" };

const variants: Readonly<Record<string, Variant>> = {
  "protocol v2 with partial clone": {},
  "protocol v2 without partial clone": { partialClone: false },
  "protocol v0": { behaviour: { oldProtocol: true } },
  "TLS of an own authority, and a login": {
    tls: true,
    behaviour: { basicAuth: login },
    credentials: {
      authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`,
      ca: authority.cert,
    },
  },
};

for (const [name, variant] of Object.entries(variants)) {
  describeGitSource(`the real Git adapter, ${name},`, () => openReal(variant));
}

async function openReal(variant: Variant): Promise<GitWorld> {
  const directory = await mkdtemp(join(tmpdir(), "nopea-git-"));
  const pair = variant.tls === true ? authority.server([], ["127.0.0.1"]) : undefined;
  const server = await startGitServer(directory, "127.0.0.1", pair);
  const policy = () => ({ allowPrivate: false, allowLoopback: true });
  const connections = createGitConnections({ policy });
  let count = 0;
  return {
    source: as(variant.credentials, createGitSource({ connections })),
    create: async () => {
      const name = `repository-${count++}`;
      const repository = await server.create(name);
      server.behave(name, variant.behaviour ?? {});
      const filter = String(variant.partialClone ?? true);
      await repository.git("config", "uploadpack.allowFilter", filter);
      return {
        url: repository.url,
        commit: (files, branch = "main") =>
          repository.commit(linked(files), { branch, replace: true }),
        forcePush: (files, branch = "main") =>
          repository.commit(linked(files), { branch, parent: null }),
        deleteBranch: branch => repository.deleteBranch(branch),
      };
    },
    close: async () => {
      await connections.destroy();
      await server.stop();
      await rm(directory, { recursive: true });
    },
  };
}

function as(credentials: GitCredentials | undefined, source: GitSource): GitSource {
  if (credentials === undefined) return source;
  return {
    resolve: (remote, signal) => source.resolve({ ...remote, credentials }, signal),
    fetch: (remote, commit, known, signal) =>
      source.fetch({ ...remote, credentials }, commit, known, signal),
  };
}

describeGitSource("the fake", () => {
  const fake = createFakeGit();
  let count = 0;
  return Promise.resolve({
    source: fake.source,
    create: () => {
      const url = `https://git.example.com/repository-${count++}.git`;
      fake.create(url);
      return Promise.resolve({
        url,
        commit: (files, branch) => Promise.resolve(fake.commit(url, files, branch)),
        forcePush: (files, branch) => Promise.resolve(fake.commit(url, files, branch)),
        deleteBranch: branch => {
          fake.deleteBranch(url, branch);
          return Promise.resolve();
        },
      });
    },
    close: () => Promise.resolve(),
  });
});

function linkTo(content: Link): Content {
  return { link: content.linkTo };
}

function linked(files: CommitFiles): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? content : linkTo(content),
    ]),
  );
}
