/** The fake and the real GitSource, held to the same promise. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGitConnections } from "../../src/adapters/git/connections";
import { createGitSource } from "../../src/adapters/git/git-source";
import type { Content, Files } from "../../src/local/git-fast-import";
import { startGitServer } from "../../src/local/git-server";
import { createFakeGit } from "../support/fake-git-source";
import { describeGitSource, type CommitFiles, type Link } from "./git-source";

describeGitSource("the real Git adapter", async () => {
  const directory = await mkdtemp(join(tmpdir(), "nopea-git-"));
  const server = await startGitServer(directory);
  const policy = () => ({ allowPrivate: false, allowLoopback: true });
  const connections = createGitConnections({ policy });
  let count = 0;
  return {
    source: createGitSource({ connections }),
    create: async () => {
      const repository = await server.create(`repository-${count++}`);
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
});

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
