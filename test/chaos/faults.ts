/** How things break: processes that are killed or frozen, an API server that is started again, a compacted etcd. */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { startChild, type Child } from "../../src/local/child";
import { eventually } from "../../src/local/eventually";
import type { PeprProcess } from "../../src/local/pepr-process";
import type { Hands } from "./deeds";
import type { Surroundings } from "./surroundings";

export const between = ({ random }: Hands, least: number, most: number) =>
  Math.floor(least + random() * (most - least));

/** kill -9 at some point of the next seconds, and a start with an empty disk. */
export async function kill(hands: Hands, victims: readonly PeprProcess[]): Promise<void> {
  await sleep(between(hands, 0, 2_500));
  await Promise.all(victims.map(victim => victim.stop("SIGKILL")));
  await sleep(between(hands, 0, 1_500));
  await Promise.all(victims.map(startAsKubelet));
}

/**
 * Started again where it runs and is not healthy within a minute, as by a liveness probe: Pepr gives up for good where its
 * store can be neither read nor made. Who has ended by itself has failed.
 */
async function startAsKubelet(victim: PeprProcess): Promise<void> {
  try {
    await victim.start();
  } catch (error) {
    if (!victim.running()) throw error;
    console.log(`  ${victim.name} was not healthy within a minute, and was started again`);
    await victim.restart();
  }
}

/** Stops a process for a while, and lets it go on. */
export async function freeze(pid: number, ms: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  try {
    await sleep(ms);
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** The API server that runs now. */
export function apiServer({ controlPlane, children }: Surroundings): Child {
  const all = [...controlPlane.children, ...children];
  const found = all.findLast(({ name }) => name === "kube-apiserver");
  if (found === undefined) throw new Error("there is no API server");
  return found;
}

/** Ends the API server and starts it on the same data; what is done in between comes first. */
export async function restartApiServer(
  surroundings: Surroundings,
  signal: NodeJS.Signals,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const old = apiServer(surroundings);
  await old.stop(signal);
  await meanwhile();
  surroundings.children.push(await startChild(old.options));
  await eventually(() => surroundings.admin.text("/readyz"), 120_000, 200);
}

/** Compacts etcd up to its newest revision. */
export async function compact({ controlPlane }: Surroundings): Promise<void> {
  const etcd = controlPlane.children.find(({ name }) => name === "etcd");
  const flag = etcd?.options.args.find(text => text.startsWith("--listen-client-urls="));
  const url = flag?.slice(flag.indexOf("=") + 1) ?? "";
  const ask = async (path: string, body: object) => {
    const answer = await request(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`etcd ${path}: ${text}`);
    return JSON.parse(text) as { readonly header?: { readonly revision?: string } };
  };
  const { header } = await ask("/v3/kv/range", { key: Buffer.from("/").toString("base64") });
  await ask("/v3/kv/compaction", { revision: header?.revision });
}
