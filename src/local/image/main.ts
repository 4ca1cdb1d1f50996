/** `npm run docker [-- --tag NAME]`: an image with the module inside, and the manifest that runs it. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildModule } from "../build-module";
import { projectRoot } from "../paths";
import { readManifestObjects } from "../pepr-manifest";
import { runCommand } from "../run-command";
import { writeArchive } from "./archive";
import { makeImage } from "./layers";
import { moduleOf, withImage, type BuiltModule } from "./module";

const { values: options } = parseArgs({
  options: {
    tag: { type: "string", default: "localhost/nopea:0.1.0" },
    /** An archive, also where Docker runs. */
    archive: { type: "boolean", default: false },
  },
});
const dist = join(projectRoot, "dist");

async function main(): Promise<void> {
  await buildModule(projectRoot, console.log);
  const objects = await readManifestObjects(projectRoot);
  const module = moduleOf(objects);
  const image = options.tag;
  const made = hasDocker()
    ? await buildWithDocker(image, module)
    : await buildArchive(image, module);
  await writeFile(join(dist, "nopea-image.yaml"), withImage(objects, image));
  console.log(`${made}\nThen: kubectl apply --server-side -f dist/nopea-image.yaml`);
}

function hasDocker(): boolean {
  return !options.archive && spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;
}

async function buildWithDocker(
  image: string,
  { name, content, controller }: BuiltModule,
): Promise<string> {
  const context = join(dist, "image");
  await mkdir(context, { recursive: true });
  await writeFile(join(context, name), content);
  await writeFile(join(context, "Dockerfile"), `FROM ${controller}\nCOPY ${name} /app/load/\n`);
  await runCommand("docker", ["build", "--tag", image, context]);
  return `Image ${image} is built: push it, or load it (kind load docker-image ${image} --name nopea).`;
}

async function buildArchive(image: string, module: BuiltModule): Promise<string> {
  if (process.platform !== "linux") {
    throw new Error("an image needs Docker here: start it, or run this on Linux");
  }
  console.log("Docker does not run: an archive is made from this machine's Node and npm's Pepr …");
  const scratch = await mkdtemp(join(tmpdir(), "nopea-image-"));
  try {
    const file = join(dist, "nopea-image.tar");
    await writeArchive(await makeImage(image, module, scratch), file, scratch);
    return `dist/nopea-image.tar is ${image}: load it (docker load -i, ctr -n k8s.io images import, kind load image-archive).`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(`No image: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
