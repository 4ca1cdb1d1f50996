/** Writes of managed objects, by turns by somebody whom the hooks ask about and by somebody they let pass. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../src/local/kube-client";

export interface Writers {
  readonly asked: KubeClient;
  readonly exempt: KubeClient;
}

type Write = (kube: KubeClient, number: number) => Promise<unknown>;

/** nopea and the cluster's controllers are done with a write when the next one comes. */
const PAUSE_MS = 60;

/** Sorted milliseconds; each write has a number of its own, and neither of a pair is always the first. */
export async function byTurns(
  { asked, exempt }: Writers,
  count: number,
  write: Write,
): Promise<Readonly<Record<"hook on" | "hook off" | "added", readonly number[]>>> {
  const times = { on: [] as number[], off: [] as number[], added: [] as number[] };
  await warm({ asked, exempt });
  for (let pair = 0; pair < count; pair++) {
    const isAskedFirst = pair % 2 === 0;
    const first = await timed(isAskedFirst ? asked : exempt, 2 * pair, write);
    const second = await timed(isAskedFirst ? exempt : asked, 2 * pair + 1, write);
    const [on, off] = isAskedFirst ? [first, second] : [second, first];
    times.on.push(on);
    times.off.push(off);
    times.added.push(on - off);
  }
  const sorted = (values: number[]) => values.sort((a, b) => a - b);
  return {
    "hook on": sorted(times.on),
    "hook off": sorted(times.off),
    added: sorted(times.added),
  };
}

/** A connection that was idle for long would count against the first write. */
async function warm({ asked, exempt }: Writers): Promise<void> {
  await Promise.all([asked.text("/readyz"), exempt.text("/readyz")]);
}

async function timed(kube: KubeClient, number: number, write: Write): Promise<number> {
  await sleep(PAUSE_MS);
  const started = performance.now();
  await write(kube, number);
  return performance.now() - started;
}

/** Deployments that are written in turn. */
export const OBJECTS = 10;

/** A pair writes one object; a deletion takes a ConfigMap each. */
export function writesOf(namespace: string) {
  const deployment = (number: number) => {
    return { apiVersion: "apps/v1", kind: "Deployment", namespace, name: `deploy-${number}` };
  };
  const inTurn = (number: number) => deployment(Math.floor(number / 2) % OBJECTS);
  const imageOf = (text: string) => [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: text },
  ];
  return {
    edit: (kube, number) => kube.patch(deployment(number), imageOf("by-hand")),
    label: (kube, number) =>
      kube.patch(inTurn(number), { metadata: { labels: { team: `team-${number}` } } }),
    image: (kube, number) => kube.patch(inTurn(number), imageOf(`by-hand:${number}`)),
    scale: (kube, number) =>
      kube.patch(inTurn(number), { spec: { replicas: 1 + (number % 7) } }, "scale"),
    delete: (kube, number) =>
      kube.delete({ apiVersion: "v1", kind: "ConfigMap", namespace, name: `cm-${number}` }),
  } satisfies Record<string, Write>;
}
