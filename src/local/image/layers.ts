/** What stands in for Pepr's controller image where there is no daemon to build on it: this machine's Node and Pepr from npm. */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../paths";
import { runCommand } from "../run-command";
import { copyInto, type ImageOptions, type Layer } from "./archive";
import type { BuiltModule } from "./module";

/** The user of Pepr's own image, and of its Deployments' securityContext. */
const user = 65532;

/** Only Linux: Node and its libraries are the ones that run here. */
export async function makeImage(
  tag: string,
  module: BuiltModule,
  scratch: string,
): Promise<ImageOptions> {
  return {
    tag,
    layers: [await systemLayer(join(scratch, "system")), await appLayer(scratch, module)],
    user: String(user),
    workingDirectory: "/app",
    entrypoint: ["/usr/bin/node"],
    env: ["NODE_ENV=production", "PATH=/usr/bin:/bin", "HOME=/tmp"],
  };
}

async function systemLayer(directory: string): Promise<Layer> {
  await copyInto(directory, process.execPath, "usr/bin/node");
  await chmod(join(directory, "usr/bin/node"), 0o755);
  for (const library of libraries()) await copyInto(directory, library);
  await mkdir(join(directory, "etc"), { recursive: true });
  await writeFile(
    join(directory, "etc/passwd"),
    `nopea:x:${user}:${user}:nopea:/tmp:/sbin/nologin\n`,
  );
  await writeFile(join(directory, "etc/nsswitch.conf"), "hosts: files dns\n");
  await mkdir(join(directory, "tmp"));
  await chmod(join(directory, "tmp"), 0o1777);
  return { directory, owner: 0 };
}

/** Shared libraries of Node, as the dynamic linker finds them, and its own path. */
function libraries(): readonly string[] {
  const output = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  return [...output.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(match => match[1] ?? "");
}

async function appLayer(scratch: string, { name, content }: BuiltModule): Promise<Layer> {
  const directory = join(scratch, "app-layer");
  const app = join(directory, "app");
  await mkdir(join(app, "load"), { recursive: true });
  await writeFile(join(app, "load", name), content);
  for (const file of ["package.json", "package-lock.json"]) {
    await copyFile(join(projectRoot, file), join(app, file));
  }
  const install = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await runCommand("npm", [...install, "--prefix", app]);
  for (const file of ["package.json", "package-lock.json"]) await rm(join(app, file));
  return { directory, owner: user };
}
