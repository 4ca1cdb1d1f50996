/** kill -9 of the watcher while something has drifted: the next one goes on as if nothing had happened. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { handsOn, SUSPEND, type DriftRecordObject, type Hands } from "../support/drift";
import { configMap, useWorld, type App, type AppOptions } from "../support/world";

const world = useWorld();
const { watcher } = world.nopea;
/** How late a deadline may be kept, on a busy machine. */
const slackMs = 10_000;

async function start(options: AppOptions = {}) {
  const files = { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") };
  const app = await world.app({ files, ...options });
  await app.synced();
  return { app, hands: handsOn(world, app) };
}

/** When data.value of "a" became "1" again, by the clock. */
async function healedAt(hands: Hands): Promise<() => Promise<number>> {
  const seen = await hands.recorder();
  const offset = Date.now() - performance.now();
  return async () => {
    const { at } = await seen.until(({ object }) => object.data?.value === "1", 40_000);
    await seen.stop();
    return at + offset;
  };
}

interface Waiting {
  readonly hands: Hands;
  readonly record: string;
  readonly deadline: number;
  readonly healed: () => Promise<number>;
}

async function beginWaiting(healGracePeriod: string): Promise<Waiting> {
  const { hands } = await start({ spec: { interval: "1h", healGracePeriod } });
  await hands.set("a", "by hand");
  const { metadata, status } = await hands.decided("a", "waiting");
  const deadline = Date.parse(status?.until ?? "");
  return { hands, record: metadata.name, deadline, healed: await healedAt(hands) };
}

describe("killed in a grace period", () => {
  let short: Waiting;
  let long: Waiting;
  let twice: Waiting;
  let late: Pick<Waiting, "hands" | "healed">;
  let startedAt = 0;

  // one restart for all
  beforeAll(async () => {
    const { hands } = await start({ spec: { interval: "1h", healGracePeriod: "4s" } });
    [long, twice, short] = await Promise.all([
      beginWaiting("25s"),
      beginWaiting("25s"),
      beginWaiting("12s"),
    ]);
    await watcher.stop("SIGKILL");
    await twice.hands.set("a", "by hand again");
    await hands.set("a", "by hand");
    late = { hands, healed: await healedAt(hands) };
    await sleep(Math.max(0, short.deadline - Date.now()) + 500);
    expect((await short.hands.get("a")).data).toEqual({ value: "by hand" });
    await watcher.start();
    startedAt = Date.now();
  });

  async function isOneRecord({ hands, record }: Waiting): Promise<void> {
    const healed = await hands.decided("a", "healed");
    expect(healed.metadata.name).toBe(record);
    expect(await hands.records("a")).toHaveLength(1);
  }

  async function isHealedInTime(waiting: Waiting): Promise<void> {
    const at = await waiting.healed();
    expect(at).toBeGreaterThanOrEqual(waiting.deadline - 50);
    expect(at).toBeLessThan(Math.max(waiting.deadline, startedAt) + slackMs);
    await isOneRecord(waiting);
  }

  it("until after its end: healed right after the start, and it is one record", async () => {
    await isHealedInTime(short);
  });

  it("at its begin: healed at the deadline, and it is one record", async () => {
    await isHealedInTime(long);
  });

  it("and edited again while it is away: the deadline of the first edit counts", async () => {
    await isHealedInTime(twice);
  });

  it("before the first edit: a full grace period from its detection", async () => {
    const { status } = await late.hands.decided("a", "healed");
    const since = Date.parse(status?.since ?? "");
    const at = await late.healed();
    expect(since).toBeGreaterThanOrEqual(startedAt - 30_000);
    expect(at).toBeGreaterThan(since + 3_950);
    expect(at).toBeLessThan(Math.max(since + 4_000, startedAt) + slackMs);
    expect(await late.hands.records("a")).toHaveLength(1);
  });
});

const names = [
  "untouched",
  "edited",
  "committed",
  "both",
  "both-the-same",
  "around",
  "deleted",
  "undone",
  "open",
  "suspended",
  "opened",
];

/** Two values, so that a commit can change the one and a hand the other. */
function pair(name: string, left: string, right: string): string {
  const metadata = { name };
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { left, right } });
}

const filesOf = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${name}.yaml`, pair(name, value, "1")]),
  );

interface Script {
  readonly away: () => Promise<unknown>;
  readonly back: () => Promise<unknown>;
}

/** One story for every row of the three-way comparison; what is done in between is what differs. */
async function playStory(app: App, hands: Hands, { away, back }: Script) {
  const { admin } = world.cluster;
  const set = (name: string, data: Readonly<Record<string, string>>) =>
    admin.patch(hands.map(name), { data });
  await set("undone", { left: "by hand" });
  await set("open", { left: "by hand" });
  await admin.patch(hands.map("suspended"), {
    data: { left: "by hand" },
    metadata: { annotations: { [SUSPEND]: "true" } },
  });
  for (const name of ["undone", "open"]) await hands.decided(name, "left");
  await hands.decided("suspended", "suspended");
  const before = { open: await hands.records("open"), version: await hands.version("untouched") };
  await away();
  await set("edited", { left: "by hand" });
  await set("both", { left: "by hand" });
  await set("both-the-same", { left: "2" });
  await set("around", { right: "by hand" });
  await set("undone", { left: "1" });
  await set("opened", { left: "by hand" });
  await hands.remove("deleted");
  // edits come first, as they do when nopea is away
  const commit = await app.push(
    filesOf({ committed: "2", both: "2", "both-the-same": "2", around: "2", opened: "1" }),
  );
  await back();
  await app.synced(commit, 40_000);
  return before;
}

interface Telling {
  readonly conflictPolicy: string;
  readonly isKilled: boolean;
}

/** Name, data and records of every object when the story has ended. */
function ending({ conflictPolicy, isKilled }: Telling) {
  const both =
    conflictPolicy === "git"
      ? ["both", { left: "2", right: "1" }, ["conflict: healed"]]
      : ["both", { left: "by hand", right: "1" }, ["conflict: left"]];
  return [
    ["untouched", { left: "1", right: "1" }, []],
    ["edited", { left: "by hand", right: "1" }, ["manual_drift: left"]],
    ["committed", { left: "2", right: "1" }, []],
    both,
    // seen only when somebody was there before the commit
    ["both-the-same", { left: "2", right: "1" }, isKilled ? [] : ["manual_drift: committed"]],
    ["around", { left: "2", right: "by hand" }, ["manual_drift: left"]],
    ["deleted", "gone", ["manual_drift: left"]],
    ["undone", { left: "1", right: "1" }, ["manual_drift: undone"]],
    ["open", { left: "by hand", right: "1" }, ["manual_drift: left"]],
    ["suspended", { left: "by hand", right: "1" }, ["manual_drift: suspended"]],
    ["opened", { left: "by hand", right: "1" }, ["manual_drift: left"]],
  ];
}

async function decisionsOf(hands: Hands, { conflictPolicy, isKilled }: Telling): Promise<void> {
  for (const name of ["edited", "around", "deleted", "open", "opened"]) {
    await hands.decided(name, "left");
  }
  await hands.decided("undone", "undone");
  await hands.decided("suspended", "suspended");
  if (!isKilled) await hands.decided("both-the-same", "committed");
  await hands.decided("both", conflictPolicy === "git" ? "healed" : "left");
}

/** What of a record stays while its episode does: the commit that it is compared with is another each time. */
function lasting({ metadata, status }: DriftRecordObject) {
  return { uid: metadata.uid, status: { ...status, commit: "" } };
}

async function tellStory(telling: Telling, script: Script): Promise<void> {
  const { conflictPolicy } = telling;
  const { app, hands } = await start({
    files: filesOf(Object.fromEntries(names.map(name => [name, "1"]))),
    spec: { interval: "1s", healPolicy: "manual", conflictPolicy },
  });
  const before = await playStory(app, hands, script);
  await decisionsOf(hands, telling);
  const story = async (name: string) => {
    const records = await hands.records(name);
    const told = records.map(({ status }) => `${status?.class}: ${status?.decision}`);
    return [name, (await app.data(name)) ?? "gone", told];
  };
  expect(await Promise.all(names.map(story))).toEqual(ending(telling));
  expect(await hands.version("untouched")).toBe(before.version);
  expect((await hands.records("open")).map(lasting)).toEqual(before.open.map(lasting));
  const { status } = await app.resource();
  expect(status?.suspended).toHaveLength(1);
  expect(status?.driftCount).toBe(conflictPolicy === "git" ? 6 : 7);
}

const policies = ["git", "live"];

/** Runs the work once, when all have come. */
function meeting(guests: number, work: () => Promise<unknown>): () => Promise<void> {
  let come = 0;
  let begin: () => void = () => undefined;
  const done = new Promise<void>(resolve => (begin = resolve)).then(work);
  return async () => {
    come += 1;
    if (come === guests) begin();
    await done;
  };
}

describe("a change in Git, an edit, a conflict and neither, with conflictPolicy git and live", () => {
  it("the watcher is killed before the edits and started after them: told apart all the same", async () => {
    // one restart for both
    const away = meeting(policies.length, () => watcher.stop("SIGKILL"));
    const back = meeting(policies.length, () => watcher.start());
    await Promise.all(
      policies.map(conflictPolicy => tellStory({ conflictPolicy, isKilled: true }, { away, back })),
    );
  });

  it("the watcher runs all the time: told apart in the same way", async () => {
    const stay = () => Promise.resolve();
    await Promise.all(
      policies.map(conflictPolicy =>
        tellStory({ conflictPolicy, isKilled: false }, { away: stay, back: stay }),
      ),
    );
  });
});

describe("again and again", () => {
  it("killed twice with an edit left and one suspended: neither is healed, and each is one record", async () => {
    const { app, hands } = await start({ spec: { interval: "1s" } });
    await hands.set("a", "hotfix", { [SUSPEND]: "true" });
    await hands.decided("a", "suspended");
    const { metadata } = await app.edit({ healPolicy: "manual" });
    const { generation } = metadata as { generation?: number };
    await app.until(({ observedGeneration }) => observedGeneration === generation);
    await hands.set("b", "by hand");
    await hands.decided("b", "left");
    const versions = await Promise.all([hands.version("a"), hands.version("b")]);
    const records = await Promise.all([hands.records("a"), hands.records("b")]);
    for (let round = 0; round < 2; round++) {
      await watcher.restart();
      await sleep(500);
    }
    await app.annotate({ "nopea.io/sync-at": "restarted" });
    await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === "restarted");
    await sleep(1_500);
    expect(await Promise.all([hands.version("a"), hands.version("b")])).toEqual(versions);
    expect(await Promise.all([hands.records("a"), hands.records("b")])).toEqual(records);
    const { status } = await app.resource();
    expect(status).toMatchObject({ driftCount: 2, suspended: [{}] });
    // and the hotfix is still only held by its annotation
    await app.edit({ healPolicy: "auto" });
    await app.holds("b", "1");
    expect(await app.data("a")).toEqual({ value: "hotfix" });
    await hands.annotate("a", { [SUSPEND]: null });
    await app.holds("a", "1");
    await hands.decided("a", "healed");
    expect(await hands.records("a")).toHaveLength(1);
  });
});
