/** A kind that is followed, over an API server that lists and watches as the test says. */
import type { ServerResponse } from "node:http";
import { afterEach } from "vitest";
import type { KubeAnswer, KubeRequest } from "../../src/adapters/kube/client";
import { createFollowing } from "../../src/adapters/kube/follow";
import { WATCH_LIMITS, type WatchLimits } from "../../src/adapters/kube/watch";
import type { Sighting } from "../../src/model/live";
import type { Follower } from "../../src/ports";
import { eventually } from "./cluster";
import { startWatchServer, type Answer } from "./watch-server";

export const configMaps = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};
export const widgets = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
};
const QUICK: WatchLimits = { ...WATCH_LIMITS, firstPauseMs: 4, longestPauseMs: 16 };
/** Whatever is not tried at once is not tried within a test. */
export const PATIENT: WatchLimits = {
  ...WATCH_LIMITS,
  firstPauseMs: 60_000,
  longestPauseMs: 60_000,
};

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Answered = Partial<KubeAnswer> | Promise<Partial<KubeAnswer>>;

/** An API server that answers lists so, and watches so; without more answers, watches stay open. */
export async function setUp(
  answer: (request: KubeRequest, count: number) => Answered,
  { limits = QUICK, watches = [] }: { limits?: WatchLimits; watches?: readonly Answer[] } = {},
) {
  const open: ServerResponse[] = [];
  const hold: Answer = response => {
    response.writeHead(200).flushHeaders();
    open.push(response);
  };
  const server = await startWatchServer(...watches, ...Array.from({ length: 20 }, () => hold));
  const life = new AbortController();
  stops.push(server.stop, () => life.abort());
  const lists: KubeRequest[] = [];
  const logged: string[] = [];
  const followed: (readonly string[])[] = [];
  const kube = async (request: KubeRequest) => {
    request.signal.throwIfAborted();
    const { status = 200, body = {} } = await answer(request, lists.push(request));
    return { status, body };
  };
  const log = {
    info: (_: unknown, message: string) => logged.push(`info ${message}`),
    warn: (_: unknown, message: string) => logged.push(`warn ${message}`),
    error: (_: unknown, message: string) => logged.push(`error ${message}`),
  };
  const following = createFollowing({
    kube,
    stream: server.stream,
    log,
    life: life.signal,
    limits,
    followed: kinds => followed.push(kinds.map(({ plural }) => plural).sort()),
  });
  /** Sends these over the connection that stands, once there is one. */
  const send = async (...events: readonly string[]) => {
    await until(() => open.length > 0);
    open.at(-1)?.write(events.join(""));
  };
  const versions = () => server.watches.map(query => query.get("resourceVersion"));
  return { ...following, server, lists, logged, followed, send, versions, open, life };
}

export async function until(fits: () => boolean) {
  await eventually(() => fits() || undefined, 5_000, 2);
}

function object(name: string, resourceVersion: string) {
  const metadata = { name, namespace: "shop", uid: name, resourceVersion };
  return { metadata, data: { v: resourceVersion } };
}

export function event(type: string, name: string, resourceVersion: string): string {
  const whole = { apiVersion: "v1", kind: "ConfigMap", ...object(name, resourceVersion) };
  return `${JSON.stringify({ type, object: whole })}\n`;
}

/** A list of these (`a@7`). */
export function page(resourceVersion: string, ...objects: readonly string[]): Partial<KubeAnswer> {
  const items = objects.map(text => {
    const [name = "", version = ""] = text.split("@");
    return object(name, version);
  });
  return { body: { metadata: { resourceVersion }, items } };
}

/** Someone who writes down what they are told. */
export function recorder(repository = "app") {
  const told: string[] = [];
  const textOf = ({ live }: Sighting) => `${live.key.name}@${live.resourceVersion}`;
  const follower: Follower = {
    labels: { "nopea.io/repository": repository, "nopea.io/repository-namespace": "shop" },
    listed: (_, sightings) => told.push(["listed", ...sightings.map(textOf)].join(" ")),
    changed: (_, sighting) => told.push(`changed ${textOf(sighting)}`),
    lost: (_, sighting) => told.push(`lost ${textOf(sighting)}`),
  };
  return { told, follower };
}

/** A list that answers when the test says so. */
export function held() {
  let answer: (answer: Partial<KubeAnswer>) => void = () => undefined;
  const answered = new Promise<Partial<KubeAnswer>>(resolve => (answer = resolve));
  return { answered, answer };
}
