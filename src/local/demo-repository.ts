/** The demo: a small Git repository served on loopback, with the manifests of demo/. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startGitServer, type GitServer, type ServedRepository } from "./git-server";
import { localDirectory } from "./paths";

export interface Demo {
  readonly server: GitServer;
  readonly repository: ServedRepository;
}

/** Serves the demo repository from a folder of its own below the directory. */
export async function serveDemo(directory: string, branch: string): Promise<Demo> {
  const root = join(directory, "git");
  await mkdir(root, { recursive: true });
  const server = await startGitServer(root);
  const repository = await server.create("demo");
  await repository.commit(await demoFiles(), { branch, message: "Deploy the demo" });
  return { server, repository };
}

async function demoFiles(): Promise<Record<string, string>> {
  const demo = join(localDirectory, "demo");
  const names = await readdir(demo, { recursive: true });
  const manifests = names.filter(name => name.endsWith(".yaml"));
  const entries = manifests.map(async (name): Promise<[string, string]> => {
    const text = await readFile(join(demo, name), "utf8");
    return [name.replaceAll("\\", "/"), text];
  });
  return Object.fromEntries(await Promise.all(entries));
}
