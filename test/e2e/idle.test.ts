/** Nothing changes, so nothing is asked: neither about objects that are as in Git nor about drift that is left alone. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { handsOn, SUSPEND } from "../support/drift";
import { configMap, useWorld } from "../support/world";

const world = useWorld();
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => configMap(`c-${index}`, "1")).join("\n---\n");

describe.concurrent("20 s without a commit", () => {
  it("200 objects, one of them healed before: no request about them", async () => {
    const app = await world.app({ files: { "all.yaml": many(200) }, spec: { interval: "1s" } });
    await app.synced(undefined, 60_000);
    const hands = handsOn(world, app);
    await hands.set("c-7", "by hand");
    await hands.decided("c-7", "healed");
    await hands.shown("c-7", undefined);
    expect(await requestsIn(app.namespace)).toEqual([]);
  });

  it("one object left as it was edited, one suspended: no request about them either", async () => {
    const files = { "all.yaml": many(5) };
    const app = await world.app({ files, spec: { interval: "1s", healPolicy: "manual" } });
    await app.synced();
    const hands = handsOn(world, app);
    await hands.set("c-0", "by hand");
    await hands.set("c-1", "by hand", { [SUSPEND]: "true" });
    await hands.shown("c-0", "left");
    await hands.shown("c-1", "suspended");
    await hands.decided("c-0", "left");
    await hands.decided("c-1", "suspended");
    const requests = await requestsIn(app.namespace);
    expect(requests).toEqual([]);
  });
});

async function requestsIn(namespace: string): Promise<readonly string[]> {
  // the last writes of status and record
  await sleep(1_500);
  const mark = await world.mark();
  await sleep(20_000);
  const requests = await world.requests(mark);
  return requests
    .filter(request => request.namespace === namespace || request.uri.includes(namespace))
    .map(({ verb, uri, code }) => `${verb} ${uri} ${code}`);
}
