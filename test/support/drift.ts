/** What end-to-end tests of drift do and look at: edits of ConfigMaps and Deployments, episodes, DriftRecords. */
import type { KubeObject, ObjectRef } from "../../src/local/kube-types";
import { eventually } from "./cluster";
import { record, type Recorder } from "./recorder";
import { repositoryApi, type App, type World } from "./world";

export const SUSPEND = "nopea.io/suspend-heal";

export interface DriftRecordObject extends KubeObject {
  readonly spec: { readonly object: { readonly kind: string; readonly name: string } };
  readonly status?: {
    readonly state: string;
    readonly class: string;
    readonly since: string;
    readonly until?: string;
    readonly decision: string;
    readonly decisionAt: string;
    readonly edits: readonly { readonly at: string; readonly by: string }[];
    readonly repeats: number;
    readonly commit?: string;
  };
}

export type ConfigMapObject = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** Edits and observations of one app's objects, as the administrator. */
export interface Hands {
  map(name: string): ObjectRef;
  /** Sets data.value of a ConfigMap, and annotations in the same request. */
  set(
    name: string,
    value: string,
    annotations?: Readonly<Record<string, string | null>>,
  ): Promise<ConfigMapObject>;
  annotate(
    name: string,
    annotations: Readonly<Record<string, string | null>>,
  ): Promise<ConfigMapObject>;
  remove(name: string): Promise<void>;
  get(name: string): Promise<ConfigMapObject>;
  version(name: string): Promise<string | undefined>;
  /** The annotations of a ConfigMap that nopea may only take away. */
  suspension(name: string): Promise<readonly string[]>;
  /** The DriftRecords of an object, oldest first. */
  records(name: string): Promise<readonly DriftRecordObject[]>;
  /** Until the newest DriftRecord of the object tells this decision. */
  decided(name: string, decision: string, ms?: number): Promise<DriftRecordObject>;
  /** Until the status tells this decision about the object; undefined: nothing. */
  shown(name: string, decision: string | undefined, ms?: number): Promise<void>;
  recorder(): Promise<Recorder<ConfigMapObject>>;
}

export function handsOn({ cluster: { admin } }: World, app: App): Hands {
  const { namespace } = app;
  const map = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", namespace, name });
  const records: Hands["records"] = async name => {
    const all = await admin.list<DriftRecordObject>(repositoryApi, "DriftRecord", { namespace });
    return all
      .filter(({ spec }) => spec.object.name === name)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  };
  return {
    map,
    set: (name, value, annotations) =>
      admin.patch(map(name), {
        data: { value },
        ...(annotations === undefined ? {} : { metadata: { annotations } }),
      }),
    annotate: (name, annotations) => admin.patch(map(name), { metadata: { annotations } }),
    remove: name => admin.delete(map(name)),
    get: name => admin.get(map(name)),
    version: async name => (await admin.find(map(name)))?.metadata.resourceVersion,
    suspension: async name => {
      const { metadata } = await admin.get(map(name));
      return Object.keys(metadata.annotations ?? {}).filter(key => key.startsWith(SUSPEND));
    },
    records,
    decided: (name, decision, ms = 30_000) =>
      eventually(async () => {
        const newest = (await records(name)).at(-1);
        if (newest?.status?.decision === decision) return newest;
        throw new Error(`${namespace}/${name}: ${JSON.stringify(newest?.status)}`);
      }, ms),
    shown: async (name, decision, ms) => {
      const end = `/${namespace}/${name}`;
      await app.until(
        ({ drift = [] }) => drift.find(({ object }) => object.endsWith(end))?.decision === decision,
        ms,
      );
    },
    recorder: () => record<ConfigMapObject>(admin, "v1", "ConfigMap", { namespace }),
  };
}

/** A Deployment whose container is called "image". */
export function deployment(name: string, image: string): string {
  const labels = { app: name };
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "image", image }] } },
    },
  });
}
