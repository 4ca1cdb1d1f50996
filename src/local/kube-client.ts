/** A bare Kubernetes client for the local run and the tests: one user, JSON in and out, errors with their status. */
import { Agent, request, type Dispatcher } from "undici";
import type { Access } from "./access";
import { createPaths, type ListOptions, type Paths } from "./kube-paths";
import type { KubeObject, ObjectRef, WatchEvent } from "./kube-types";
import { readWatch, untilAborted } from "./kube-watch";

/** An answer of the API server that is not 2xx. */
export class KubeError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = "KubeError";
    this.status = status;
    this.reason = reason;
  }
}

export interface ApplyOptions {
  readonly manager?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface KubeClient {
  readonly access: Access;
  call<T>(call: Call): Promise<T>;
  text(path: string): Promise<string>;
  get<T extends KubeObject>(ref: ObjectRef): Promise<T>;
  /** The object, or undefined where there is none. */
  find<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubeObject>(apiVersion: string, kind: string, by?: ListOptions): Promise<T[]>;
  /** The resourceVersion of the collection as it is now: where a watch can start. */
  resourceVersion(apiVersion: string, kind: string, by?: ListOptions): Promise<string>;
  create<T extends KubeObject>(object: T): Promise<T & KubeObject>;
  replace<T extends KubeObject>(object: T): Promise<T & KubeObject>;
  apply<T extends KubeObject>(object: T, options?: ApplyOptions): Promise<T & KubeObject>;
  /** A list is a JSON patch, an object a merge patch. */
  patch<T extends KubeObject>(ref: ObjectRef, patch: unknown, subresource?: string): Promise<T>;
  delete(ref: ObjectRef, options?: object): Promise<void>;
  /** Calls back for every event until the signal aborts or the server ends the watch. */
  watch(
    of: { apiVersion: string; kind: string; by?: ListOptions },
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Connects as one user; close it when done. */
export function createKubeClient(access: Access): KubeClient {
  const agent = createAgent(access);
  const send = createSend(access, agent);
  const text = async (call: Call) => {
    const answer = await send(call);
    const body = await answer.body.text();
    if (answer.statusCode >= 300) throw errorOf(answer.statusCode, body, call);
    return body;
  };
  const call = async <T>(call: Call) => JSON.parse(await text(call)) as T;
  const paths = createPaths(path => call({ method: "GET", path }));
  return {
    access,
    call,
    text: path => text({ method: "GET", path }),
    ...readMethods(call, paths),
    ...writeMethods(call, paths),
    watch: async (of, onEvent, signal) => {
      const path = await paths.collection(of.apiVersion, of.kind, { ...of.by, watch: true });
      await untilAborted(async () => {
        const answer = await send({ method: "GET", path, signal });
        if (answer.statusCode >= 300) {
          throw errorOf(answer.statusCode, await answer.body.text(), { method: "GET", path });
        }
        await readWatch(answer.body, onEvent);
      });
    },
    close: () => agent.destroy(),
  };
}

function createSend(access: Access, agent: Agent) {
  const authorization =
    access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };
  return (call: Call): Promise<Dispatcher.ResponseData> =>
    request(access.url + call.path, {
      method: call.method,
      dispatcher: agent,
      headers: {
        ...authorization,
        accept: "application/json",
        "user-agent": "nopea-local",
        ...(call.body === undefined ? {} : { "content-type": call.type ?? "application/json" }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
}

type Calls = KubeClient["call"];

function readMethods(
  call: Calls,
  paths: Paths,
): Pick<KubeClient, "get" | "find" | "list" | "resourceVersion"> {
  const get = async <T>(ref: ObjectRef) =>
    call<T>({ method: "GET", path: await paths.object(ref) });
  return {
    get,
    find: <T>(ref: ObjectRef) => get<T>(ref).catch(undefinedWhenAbsent),
    list: async <T>(apiVersion: string, kind: string, by?: ListOptions) => {
      const path = await paths.collection(apiVersion, kind, by);
      const { items } = await call<{ items: T[] }>({ method: "GET", path });
      return items.map(item => ({ apiVersion, kind, ...item }));
    },
    resourceVersion: async (apiVersion, kind, by) => {
      const path = await paths.collection(apiVersion, kind, by);
      const list = await call<{ metadata: { resourceVersion: string } }>({ method: "GET", path });
      return list.metadata.resourceVersion;
    },
  };
}

function writeMethods(
  call: Calls,
  paths: Paths,
): Pick<KubeClient, "create" | "replace" | "apply" | "patch" | "delete"> {
  return {
    create: async <T extends KubeObject>(body: T) => {
      const path = await paths.collection(body.apiVersion, body.kind, namespaceOf(body));
      return call<T>({ method: "POST", path, body });
    },
    replace: async <T extends KubeObject>(body: T) =>
      call<T>({ method: "PUT", path: await paths.object(refOf(body)), body }),
    apply: async <T extends KubeObject>(body: T, options: ApplyOptions = {}) => {
      const path = `${await paths.object(refOf(body))}?${applyQuery(options)}`;
      return call<T>({ method: "PATCH", path, body, type: "application/apply-patch+yaml" });
    },
    patch: async <T>(ref: ObjectRef, body: unknown, subresource?: string) => {
      const suffix = subresource === undefined ? "" : `/${subresource}`;
      const path = `${await paths.object(ref)}${suffix}`;
      const type = Array.isArray(body) ? "json-patch" : "merge-patch";
      return call<T>({ method: "PATCH", path, body, type: `application/${type}+json` });
    },
    delete: async (ref, body = {}) => {
      const path = await paths.object(ref);
      await call({ method: "DELETE", path, body }).catch(undefinedWhenAbsent);
    },
  };
}

function applyQuery(options: ApplyOptions): string {
  return new URLSearchParams({
    fieldManager: options.manager ?? "nopea-local",
    force: String(options.force ?? true),
    ...(options.dryRun === true ? { dryRun: "All" } : {}),
  }).toString();
}

function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  const { apiVersion, kind } = object;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function namespaceOf(object: KubeObject): ListOptions {
  const { namespace } = object.metadata;
  return namespace === undefined ? {} : { namespace };
}

function createAgent({ ca, cert, key }: Access): Agent {
  const credentials = cert === undefined || key === undefined ? {} : { cert, key };
  return new Agent({ connect: { ca, ...credentials }, connections: 64, bodyTimeout: 0 });
}

function undefinedWhenAbsent(error: unknown): undefined {
  if (error instanceof KubeError && error.status === 404) return undefined;
  throw error;
}

function errorOf(status: number, body: string, call: Call): KubeError {
  const where = `${call.method} ${call.path}: ${status}`;
  try {
    const parsed = JSON.parse(body) as { reason?: string; message?: string };
    return new KubeError(status, parsed.reason ?? "", `${where} ${parsed.message ?? body}`);
  } catch {
    return new KubeError(status, "", `${where} ${body}`);
  }
}
