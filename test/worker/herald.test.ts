/** Who is told what, where, and when nobody is told anything. */
import { describe, expect, test } from "vitest";
import { createIds } from "../../src/adapters/ids";
import type { Settings } from "../../src/model/settings";
import type { Letter, LogFields } from "../../src/ports";
import { createHerald } from "../../src/worker/herald";
import { AT, COMMIT, drift, failed, leftEpisode, synced, told } from "../support/tellings";

const SINK = "http://events.example.com/t0ken";
const ROOM = "http://room.example.com/t0ken";
const BEFORE = "1".repeat(40);
const healed = leftEpisode({ decision: "healed" });
const never = new AbortController().signal;

function create(changed: Partial<Settings> = {}) {
  const letters: Letter[] = [];
  const lines: string[] = [];
  const write = (fields: LogFields, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const current: Settings = {
    ...{ concurrentSyncs: 8, allowPrivateHosts: true, allowLoopback: false },
    ...{ webhookSecrets: [], eventValues: false },
    showValues: "safe",
    ...changed,
  };
  const settings = { current };
  const send = { now: (letter: Letter): void => void letters.push(letter) };
  const { tell } = createHerald({
    settings: () => settings.current,
    newId: createIds(() => AT),
    clock: { rfc3339: at => `${new Date(at).toISOString().slice(0, 19)}Z` },
    post: { send: letter => send.now(letter) },
    notifyUrl: ({ namespace, name }) => Promise.resolve(`http://${namespace}.${name}`),
    log: { info: write, warn: write, error: write },
  });
  /** `type → endpoint` of each letter. */
  const sent = () =>
    letters.map(({ about: { event, endpoint } }) =>
      `${String(event)} → ${String(endpoint)}`.replace(/^dev\.cdeventsx?\./, ""),
    );
  return { tell, letters, lines, settings, send, sent };
}

const noticed = told({ healPolicy: "notify" });

describe("CDEvents", () => {
  test("no endpoint: none are made, and nothing is said about it", () => {
    const { tell, letters, lines } = create();
    tell(synced(COMMIT), told(), AT);
    tell(failed(), told(), AT);
    tell(drift(undefined, leftEpisode()), told(), AT);
    expect([letters, lines]).toEqual([[], []]);
  });

  test("a life: each event once, in its order, with ids that grow", () => {
    const { tell, letters, sent } = create({ cdeventsEndpoint: SINK });
    tell(synced(BEFORE), told(), AT);
    tell(synced(COMMIT, BEFORE), told(), AT);
    tell(failed(), told(), AT + 1_000);
    tell(synced(COMMIT, COMMIT), told(), AT);
    tell(drift(undefined, leftEpisode()), told(), AT);
    tell(drift(leftEpisode(), healed), told(), AT);
    tell({ what: "rests" }, told(), AT);
    tell({ what: "removed", commit: COMMIT }, told(), AT);
    expect(sent()).toEqual([
      "service.deployed.0.3.0 → NOPEA_CDEVENTS_ENDPOINT",
      "service.upgraded.0.3.0 → NOPEA_CDEVENTS_ENDPOINT",
      "service.removed.0.3.0 → NOPEA_CDEVENTS_ENDPOINT",
      "nopea-drift.detected.0.1.0 → NOPEA_CDEVENTS_ENDPOINT",
      "nopea-drift.resolved.0.1.0 → NOPEA_CDEVENTS_ENDPOINT",
      "service.removed.0.3.0 → NOPEA_CDEVENTS_ENDPOINT",
    ]);
    const bodies = letters.map(({ body }) => JSON.parse(body) as { id: string; time: string });
    const ids = bodies.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(bodies[2]?.time).toBe("2026-01-15T10:30:01Z");
    expect(letters.map(({ lane }) => lane)).toEqual(Array(6).fill("shop/my-app"));
  });

  test("the endpoint changes: what comes goes to the new one, what waits stays where it was", async () => {
    const { tell, letters, settings } = create({ cdeventsEndpoint: SINK });
    tell(synced(BEFORE), told(), AT);
    settings.current = { ...settings.current, cdeventsEndpoint: ROOM };
    tell(synced(COMMIT, BEFORE), told(), AT);
    const urls = await Promise.all(letters.map(({ to }) => to.url(never)));
    expect(urls).toEqual([SINK, ROOM]);
    expect(new Set(letters.map(({ to }) => to.key)).size).toBe(2);
  });

  test("an endpoint that comes while an edit stands: its end is told", () => {
    const { tell, settings, sent } = create();
    tell(drift(undefined, leftEpisode()), told(), AT);
    settings.current = { ...settings.current, cdeventsEndpoint: SINK };
    tell(drift(leftEpisode(), healed), told(), AT);
    expect(sent()).toEqual(["nopea-drift.resolved.0.1.0 → NOPEA_CDEVENTS_ENDPOINT"]);
  });
});

test("a repeat whose healing fails, is tried again and succeeds: detected once, and resolved", () => {
  const { tell, sent } = create({ cdeventsEndpoint: SINK });
  const { until: _, ...repeat } = leftEpisode({ repeats: 1, decision: "waiting" });
  const refused = leftEpisode({ repeats: 1, decision: "failed" });
  const closed = leftEpisode({ repeats: 1, decision: "healed" });
  const versions = [healed, repeat, refused, repeat, refused, closed];
  versions.forEach((version, at) => {
    tell(drift(versions[at - 1], version), told(), AT);
  });
  const words = sent().map(line => /drift\.(\w+)/.exec(line)?.[1]);
  expect(words).toEqual(["detected", "resolved", "detected", "resolved"]);
});

describe("healPolicy notify", () => {
  const once = ["detected", "resolved"];

  test("an episode: one notification when it begins, and one when it ends", () => {
    const { tell, letters, sent } = create({ notifyEndpoint: ROOM });
    const suspended = leftEpisode({ decision: "suspended" });
    tell(drift(undefined, leftEpisode()), noticed, AT);
    tell(drift(leftEpisode(), suspended), noticed, AT);
    tell(drift(suspended, healed), noticed, AT);
    expect(sent()).toEqual(once.map(word => `nopea-drift.${word}.0.1.0 → NOPEA_NOTIFY_ENDPOINT`));
    expect(JSON.parse(letters[0]?.body ?? "")).toMatchObject({
      subject: "Deployment.apps/shop/api",
    });
    expect(letters[0]?.body).toContain('"text":"Deployment.apps/shop/api: larry changed');
  });

  test("begins while drift is open: the room is told of its beginning, then of its end", () => {
    const { tell, sent } = create({ notifyEndpoint: ROOM });
    tell(drift(undefined, leftEpisode({ decision: "suspended" })), told(), AT);
    tell(drift(leftEpisode({ decision: "suspended" }), leftEpisode()), noticed, AT);
    tell(drift(leftEpisode(), healed), noticed, AT);
    expect(sent()).toEqual(once.map(word => `nopea-drift.${word}.0.1.0 → NOPEA_NOTIFY_ENDPOINT`));
  });

  test("begins as drift ends: the room is not told of an end without its beginning", () => {
    const { tell, sent } = create({ notifyEndpoint: ROOM });
    tell(drift(undefined, leftEpisode()), told(), AT);
    tell(drift(leftEpisode(), healed), noticed, AT);
    expect(sent()).toEqual([]);
  });

  test("ends while drift is open: the room is told how that ends", () => {
    const { tell, sent } = create({ notifyEndpoint: ROOM });
    tell(drift(undefined, leftEpisode()), noticed, AT);
    tell(drift(leftEpisode(), leftEpisode({ decision: "suspended" })), told(), AT);
    tell(drift(leftEpisode({ decision: "suspended" }), healed), told(), AT);
    expect(sent()).toEqual(once.map(word => `nopea-drift.${word}.0.1.0 → NOPEA_NOTIFY_ENDPOINT`));
  });

  test.each(["auto", "manual"] as const)("healPolicy %s: none", healPolicy => {
    const { tell, letters, lines } = create({ notifyEndpoint: ROOM });
    tell(drift(undefined, leftEpisode()), told({ healPolicy, notify: { url: ROOM } }), AT);
    expect([letters, lines]).toEqual([[], []]);
  });

  test.each([
    [{ url: ROOM }, "spec.notify.url", ROOM, false],
    [{ secretName: "room" }, "spec.notify.secretRef", "http://shop.room", false],
    [undefined, "NOPEA_NOTIFY_ENDPOINT", "http://default.example.com", true],
  ] as const)("spec.notify %j: to %s", async (notify, endpoint, url, isTrusted) => {
    const { tell, letters, sent } = create({ notifyEndpoint: "http://default.example.com" });
    tell(drift(undefined, leftEpisode()), told({ healPolicy: "notify", notify }), AT);
    expect(sent()).toEqual([`nopea-drift.detected.0.1.0 → ${endpoint}`]);
    expect(letters[0]?.to.isTrusted).toBe(isTrusted);
    expect(await letters[0]?.to.url(never)).toBe(url);
  });

  test("a user's address that is the administrator's too: is not trusted for that", () => {
    const { tell, letters } = create({ notifyEndpoint: ROOM });
    tell(
      drift(undefined, leftEpisode()),
      told({ healPolicy: "notify", notify: { url: ROOM } }),
      AT,
    );
    tell(drift(undefined, leftEpisode({ record: "b" })), noticed, AT);
    const [users, administrators] = letters.map(({ to }) => to);
    expect([users?.isTrusted, administrators?.isTrusted]).toEqual([false, true]);
    expect(users?.key).not.toBe(administrators?.key);
  });

  test("nowhere to send to: said once for each GitRepository", () => {
    const { tell, letters, lines } = create();
    const other = { ...noticed, id: { ...noticed.id, uid: "s", name: "other" } };
    for (const record of ["a", "b", "c"]) {
      for (const about of [noticed, other]) {
        tell(drift(undefined, leftEpisode({ record: `${record}${about.id.uid}` })), about, AT);
      }
    }
    expect(letters).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("shop/other");
  });

  test("CDEvents and notifications: both, with an id each", () => {
    const { tell, letters } = create({ cdeventsEndpoint: SINK, notifyEndpoint: ROOM });
    tell(drift(undefined, healed), noticed, AT);
    const ids = letters.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids).toHaveLength(4);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});

describe("values", () => {
  test.each([
    [false, false],
    [true, true],
  ])("NOPEA_EVENT_VALUES %s: old and new values are told: %s", (eventValues, areTold) => {
    const { tell, letters } = create({ cdeventsEndpoint: SINK, notifyEndpoint: ROOM, eventValues });
    tell(drift(undefined, leftEpisode()), noticed, AT);
    expect(letters.map(({ body }) => body.includes("hotfix-v1"))).toEqual([areTold, areTold]);
  });

  test("addresses: in no letter, and in no field of it that is logged", () => {
    const { tell, letters } = create({ cdeventsEndpoint: SINK, notifyEndpoint: ROOM });
    tell(drift(undefined, leftEpisode()), noticed, AT);
    expect(JSON.stringify(letters.map(({ body, about }) => [body, about]))).not.toMatch(/t0ken/);
  });
});

test("whatever goes wrong: is logged, and hurts nobody", () => {
  const { tell, send, lines } = create({ cdeventsEndpoint: SINK });
  send.now = () => {
    throw new Error("no");
  };
  tell(synced(COMMIT), told(), AT);
  expect(lines).toEqual([expect.stringContaining("an event could not be made")]);
});
