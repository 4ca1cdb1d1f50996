/** Where the script is played, what a step of it is, and what steps are made of. */
import type { Files } from "../../src/local/git-fast-import";
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually } from "./cluster";
import { SUSPEND, type Hands } from "./drift";
import type { App, World } from "./world";

/** One namespace in which the script is played. */
export interface Stage {
  readonly world: World;
  readonly app: App;
  readonly hands: Hands;
  /** All commits so far, oldest first. */
  readonly commits: string[];
}

export interface Step {
  readonly name: string;
  /** The objects that may move. */
  readonly touches: readonly string[];
  act(stage: Stage): Promise<unknown>;
  /** Until what the step begins has ended. */
  ends(stage: Stage): Promise<unknown>;
  /** The repository is suspended after it: there is no look that could be asked for. */
  readonly suspends?: boolean;
  /** An edit that is healed at once: nothing is written of it before the write that heals it. */
  readonly atOnce?: boolean;
}

/** Pushes, and remembers the commit. */
export async function commit({ app, commits }: Stage, files: Files): Promise<void> {
  commits.push(await app.push(files));
}

/** Edits the GitRepository; what comes after it is judged by the new spec. */
export async function respec({ app }: Stage, spec: object): Promise<void> {
  const { generation = 0 } = (await app.edit({ ...spec })).metadata as { generation?: number };
  await app.until(({ observedGeneration = 0 }) => observedGeneration >= generation, 30_000);
}

export const isIn = ({ app, commits }: Stage) => app.synced(commits.at(-1), 30_000);
export const decides = (name: string, decision: string) => (stage: Stage) =>
  stage.hands.decided(name, decision, 30_000);
export const refOf = (
  { app: { namespace } }: Stage,
  apiVersion: string,
  kind: string,
  name: string,
): ObjectRef => ({ apiVersion, kind, namespace, name });
export const deployment = (stage: Stage) => refOf(stage, "apps/v1", "Deployment", "api");
export const job = (stage: Stage) => refOf(stage, "batch/v1", "Job", "migrate");
export const admin = ({ world }: Stage) => world.cluster.admin;
export const write =
  (name: string, data: object, annotations: object = {}) =>
  (stage: Stage) =>
    admin(stage).patch(stage.hands.map(name), { data, metadata: { annotations } });
export const container = "/spec/template/spec/containers/0";
export const replaceImage = (image: string) => ({
  op: "replace",
  path: `${container}/image`,
  value: image,
});
export const annotation = `/metadata/annotations/${SUSPEND.replace("/", "~1")}`;

/** Until the object, or its absence, fits. */
export async function until(
  stage: Stage,
  ref: ObjectRef,
  fits: (object: Content | undefined) => boolean,
): Promise<void> {
  await eventually(async () => {
    const found = await admin(stage).find<Content>(ref);
    if (fits(found)) return true;
    throw new Error(`it is ${JSON.stringify(found)}`);
  }, 30_000);
}

type Content = KubeObject & { readonly spec?: { readonly replicas?: number } };
