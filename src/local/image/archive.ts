/** Container images without a daemon: an OCI archive (image-spec 1.1) that `docker load`, containerd and kind read. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runCommand } from "../run-command";

export interface Layer {
  /** Its content is the root of the image's file system. */
  readonly directory: string;
  /** User and group of every file. */
  readonly owner: number;
}

export interface ImageOptions {
  readonly tag: string;
  readonly layers: readonly Layer[];
  readonly user: string;
  readonly workingDirectory: string;
  readonly entrypoint: readonly string[];
  readonly env: readonly string[];
}

/** Writes the archive to `file`; `scratch` is a folder for what it is made of. Needs GNU tar. */
export async function writeArchive(
  image: ImageOptions,
  file: string,
  scratch: string,
): Promise<void> {
  const blobs = join(scratch, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const layers = [];
  for (const layer of image.layers) layers.push(await addLayer(blobs, layer));
  const config = await addJson(blobs, configOf(image, layers));
  const manifest = await addJson(blobs, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map(blob => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", ...blob })),
  });
  await writeIndex(image.tag, scratch, { manifest, config, layers });
  const parts = ["oci-layout", "index.json", "manifest.json", "blobs"];
  await runCommand("tar", ["--sort=name", "-cf", file, "-C", scratch, ...parts]);
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

interface Blobs {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

/** The same content makes the same layer: times and owners are not the machine's. */
async function addLayer(blobs: string, { directory, owner }: Layer): Promise<Blob> {
  const file = join(blobs, "layer");
  const same = ["--sort=name", "--mtime=@0", "--numeric-owner", `--owner=${owner}`];
  await runCommand("tar", [...same, `--group=${owner}`, "-cf", file, "-C", directory, "."]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest("hex");
  const { size } = await stat(file);
  await rename(file, join(blobs, digest));
  return { digest: `sha256:${digest}`, size };
}

async function addJson(blobs: string, value: unknown): Promise<Blob> {
  const text = JSON.stringify(value);
  const digest = createHash("sha256").update(text).digest("hex");
  await writeFile(join(blobs, digest), text);
  return { digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
}

function configOf(image: ImageOptions, layers: readonly Blob[]): object {
  return {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      User: image.user,
      WorkingDir: image.workingDirectory,
      Entrypoint: image.entrypoint,
      Env: image.env,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  };
}

/** index.json is what the image-spec asks for, manifest.json what older `docker load` reads. */
async function writeIndex(tag: string, scratch: string, blobs: Blobs): Promise<void> {
  const path = ({ digest }: Blob) => `blobs/${digest.replace(":", "/")}`;
  const annotations = {
    "io.containerd.image.name": tag,
    "org.opencontainers.image.ref.name": tag.slice(tag.lastIndexOf(":") + 1),
  };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifests = [{ mediaType, ...blobs.manifest, annotations }];
  const old = [
    { Config: path(blobs.config), RepoTags: [tag], Layers: blobs.layers.map(layer => path(layer)) },
  ];
  const write = (name: string, value: unknown) =>
    writeFile(join(scratch, name), JSON.stringify(value));
  await write("oci-layout", { imageLayoutVersion: "1.0.0" });
  await write("index.json", { schemaVersion: 2, manifests });
  await write("manifest.json", old);
}

/** Copies a file to the same place below `root`; links are followed. */
export async function copyInto(root: string, path: string, to = path): Promise<void> {
  const target = join(root, to);
  await mkdir(join(target, ".."), { recursive: true });
  await copyFile(path, target);
}
