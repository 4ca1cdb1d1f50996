/** Downloads the programs of the control plane as an envtest archive. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { EnvHttpProxyAgent, request } from "undici";
import { readTar } from "./tar";

export interface DownloadOptions {
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** The release of envtest that is downloaded: not every Kubernetes release has one. */
export const envtestVersion = "v1.36.2";

const official = `https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-${envtestVersion}`;
const wanted = new Set(["etcd", "kube-apiserver", "kubectl"]);
const architectures: Partial<Record<string, string>> = { x64: "amd64" };

/** Fills the target folder from the archive, whole or not at all. */
export async function downloadEnvtest({ target, env, say }: DownloadOptions): Promise<void> {
  const base = env.NOPEA_ENVTEST_URL ?? official;
  const architecture = architectures[process.arch] ?? process.arch;
  const archive = `envtest-${envtestVersion}-${process.platform}-${architecture}.tar.gz`;
  const url = `${base.replace(/\/+$/, "")}/${archive}`;
  say(`Downloading ${url} …`);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await unpack(await fetchBytes(url), temporary, url);
    await rename(temporary, target).catch(() => {
      say(`Another process has filled ${target}.`);
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function fetchBytes(url: string): Promise<Buffer> {
  const dispatcher = new EnvHttpProxyAgent();
  try {
    return await follow(url, dispatcher, 5);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${url} can't be downloaded: ${why}`, { cause });
  } finally {
    await dispatcher.close();
  }
}

async function follow(url: string, dispatcher: EnvHttpProxyAgent, hops: number): Promise<Buffer> {
  const answer = await request(url, { dispatcher });
  const { location } = answer.headers;
  if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === "string") {
    await answer.body.dump();
    if (hops === 0) throw new Error("too many redirects");
    return follow(new URL(location, url).href, dispatcher, hops - 1);
  }
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw new Error(`the server answered ${answer.statusCode}`);
  }
  return Buffer.from(await answer.body.arrayBuffer());
}

async function unpack(archive: Buffer, directory: string, url: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const missing = new Set(wanted);
  for (const file of readTar(gunzipSync(archive))) {
    const name = basename(file.path);
    if (missing.delete(name)) await writeFile(join(directory, name), file.content, { mode: 0o755 });
  }
  if (missing.size > 0) throw new Error(`${url} lacks ${[...missing].join(", ")}`);
}
