/** `npm run test:oldest`: the end-to-end suite on the oldest API server that a present Go builds. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findBinaries } from "../../src/local/binaries";
import { programs } from "../../src/local/go-build";
import { cacheDirectory, projectRoot } from "../../src/local/paths";
import { runCommand } from "../../src/local/run-command";

// 1.24 is the first version whose generated OpenAPI, which server-side apply needs, is in its Go module
const module = join(projectRoot, "test", "oldest", "controlplane");

async function main(): Promise<void> {
  const version = /kubernetes (v\S+)/.exec(await readFile(join(module, "go.mod"), "utf8"))?.[1];
  if (version === undefined) throw new Error("test/oldest/controlplane/go.mod names no version");
  const assets = join(cacheDirectory(process.env), `${version}-oldest-with-controllers`);
  if (!existsSync(assets)) await build(version, assets);
  const suite = ["test/run.mjs", "--project", "e2e*", ...process.argv.slice(2)];
  await runCommand(process.execPath, suite, { KUBEBUILDER_ASSETS: assets });
}

/** Controllers may not be newer than the API server; etcd and kubectl are those of every other run. */
const OLD = ["kube-apiserver", "kube-controller-manager"];

async function build(version: string, assets: string): Promise<void> {
  const { etcd, kubectl } = await findBinaries({ say: line => console.log(line) });
  const temporary = `${assets}.${process.pid}.tmp`;
  await mkdir(temporary, { recursive: true });
  const wanted = programs(version).filter(({ name }) => OLD.includes(name));
  if (wanted.length < OLD.length)
    throw new Error(`there is no recipe for all of ${OLD.join(", ")}`);
  for (const { name, ldflags, source } of wanted) {
    console.log(`Building ${name} ${version} with Go: some minutes, once.`);
    const output = join(temporary, name);
    const args = ["build", "-C", module, "-trimpath", "-ldflags", ldflags, "-o", output];
    await runCommand("go", [...args, source]);
  }
  await symlink(etcd, join(temporary, "etcd"));
  await symlink(kubectl, join(temporary, "kubectl"));
  await mkdir(dirname(assets), { recursive: true });
  await rename(temporary, assets);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
