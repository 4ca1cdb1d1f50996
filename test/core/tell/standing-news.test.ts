/** What stands, and what of it is news. */
import { describe, expect, test } from "vitest";
import {
  standingAfter,
  standingNews,
  standingOf,
  type Standing,
} from "../../../src/core/tell/standing-news";
import { formatKey } from "../../../src/model/object-key";
import type { Suspended } from "../../../src/model/report";
import { named, report } from "../../support/examples";

const AT = Date.parse("2026-01-15T10:30:00.400Z");
const object = (name: string) => ({ key: named(name).key, apiVersion: "v1", uid: name });
const suspended = (change: Partial<Suspended> = {}): Suspended => ({
  ...object("a"),
  ...{ at: AT, by: "larry" },
  ...change,
});
const NOTHING: Standing = standingOf({});

function words(before: Standing, after: Parameters<typeof report>[0]): readonly string[] {
  return standingNews(before, report(after)).map(({ what }) => what);
}

describe("a suspension", () => {
  const before = standingAfter(report({ suspended: [suspended()] }));

  test("new: told; the same: not; gone: resumed", () => {
    expect(words(NOTHING, { suspended: [suspended()] })).toEqual(["suspended"]);
    expect(words(before, { suspended: [suspended()] })).toEqual([]);
    expect(words(before, { suspended: [] })).toEqual(["resumed"]);
  });

  test("set anew later: told again; in the same second, or without a witness: not", () => {
    expect(words(before, { suspended: [suspended({ at: AT + 1_000 })] })).toEqual(["suspended"]);
    expect(words(before, { suspended: [suspended({ at: AT + 300 })] })).toEqual([]);
    const { by: _, ...unknown } = suspended({ at: AT + 60_000 });
    expect(words(before, { suspended: [unknown] })).toEqual([]);
  });

  test("known from a status, to the second: not told again", () => {
    const told = {
      object: formatKey(named("a").key),
      by: "larry",
      at: "2026-01-15T10:30:00Z",
    };
    expect(words(standingOf({ suspended: [told] }), { suspended: [suspended()] })).toEqual([]);
    expect(words(standingOf({ suspended: [told] }), {})).toEqual(["resumed"]);
  });
});

test("fields left to an autoscaler: told when they become others", () => {
  const autoscaled = [{ ...object("a"), fields: ["spec.replicas"] }];
  expect(words(NOTHING, { autoscaled })).toEqual(["autoscaled"]);
  const before = standingAfter(report({ autoscaled }));
  expect(words(before, { autoscaled })).toEqual([]);
  const more = [{ ...object("a"), fields: ["spec.replicas", "spec.x"] }];
  expect(words(before, { autoscaled: more })).toEqual(["autoscaled"]);
  expect(words(before, {})).toEqual([]);
});

test("orphans: only those that are new", () => {
  const status = {
    resources: { total: 1, kinds: [], orphanCount: 1, orphans: [formatKey(named("a").key)] },
  };
  const orphans = [object("a"), object("b")];
  expect(standingNews(standingOf(status), report({ orphans }))).toMatchObject([
    { what: "orphaned", objects: [{ uid: "b" }] },
  ]);
});
