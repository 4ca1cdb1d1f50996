import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readEvent, withoutDoubles, type ShownEvent } from "../../src/cli/events/event";
import { createTail } from "../../src/cli/events/tail";

const repository = {
  ...{ apiVersion: "nopea.false.systems/v1alpha1", kind: "GitRepository" },
  ...{ namespace: "shop", name: "my-app" },
};
const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "api" };

function event(about: "object" | "repository", occurrence: string, more = {}): ShownEvent {
  const read = readEvent({
    metadata: { uid: `${occurrence}-${about}`, labels: { "nopea.io/event": occurrence } },
    reportingComponent: "nopea.false.systems/nopea",
    eventTime: "2026-01-15T10:00:00.123456Z",
    ...{ reason: "Healed", type: "Normal", message: "put back" },
    ...(about === "object"
      ? { involvedObject: object, related: repository }
      : { involvedObject: repository }),
    ...more,
  });
  if (read === undefined) throw new Error("no event of nopea");
  return read;
}

describe("an Event", () => {
  it("its object, its repository, its time", () => {
    expect(event("object", "1")).toMatchObject({
      object: "Deployment.apps/shop/api",
      repository: "my-app",
      at: Date.parse("2026-01-15T10:00:00.123Z"),
      count: 1,
    });
    expect(event("repository", "1")).toMatchObject({ repository: "my-app" });
  });

  it("somebody else's: none of ours", () => {
    expect(readEvent({ reportingComponent: "kubelet" })).toBeUndefined();
    expect(readEvent({})).toBeUndefined();
  });

  it("of a series: another occurrence each time, and when it was last seen", () => {
    const series = { count: 3, lastObservedTime: "2026-01-15T10:05:00.000000Z" };
    const again = event("object", "1", { series });
    expect(again).toMatchObject({ count: 3, at: Date.parse("2026-01-15T10:05:00Z") });
    expect(again.occurrence).not.toBe(event("object", "1").occurrence);
  });
});

describe("an occurrence that two Events tell of", () => {
  const told = (work: (tail: ReturnType<typeof createTail>) => void) => {
    const printed: ShownEvent[] = [];
    const tail = createTail(each => printed.push(each), 20);
    work(tail);
    return { printed, tail };
  };

  it("in a list: once, about the object, whatever their order", () => {
    const both = [event("object", "1"), event("repository", "1")];
    expect(withoutDoubles(both)).toMatchObject([{ isAboutRepository: false }]);
    expect(withoutDoubles(both.reverse())).toMatchObject([{ isAboutRepository: false }]);
  });

  it("live, the repository's first: that about the object, and nothing after it", async () => {
    const { printed } = told(tail => {
      tail.one(event("repository", "1"));
      tail.one(event("object", "1"));
      tail.one(event("repository", "1"));
    });
    await sleep(60);
    expect(printed).toMatchObject([{ isAboutRepository: false }]);
  });

  it("live, only the repository's: that one, after a moment", async () => {
    const { printed } = told(tail => tail.one(event("repository", "1")));
    expect(printed).toEqual([]);
    await sleep(60);
    expect(printed).toMatchObject([{ isAboutRepository: true }]);
  });

  it("the tail ends: what still waits is printed", () => {
    const { printed, tail } = told(each => each.one(event("repository", "1")));
    tail.end();
    expect(printed).toHaveLength(1);
  });

  it("the newest few are shown first; a second list shows only what is new", () => {
    const first = ["1", "2", "3"].map((occurrence, at) =>
      event("object", occurrence, { eventTime: `2026-01-15T10:00:0${at}Z`, message: occurrence }),
    );
    const { printed, tail } = told(each => each.all(first, 2));
    tail.all([...first, event("object", "4", { message: "4" })], Infinity);
    expect(printed.map(({ note }) => note)).toEqual(["2", "3", "4"]);
    const { printed: none } = told(each => each.all(first, 0));
    expect(none).toEqual([]);
  });
});
