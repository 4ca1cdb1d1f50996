/** Episodes for tests: one that is told in full, and arbitrary ones. */
import fc from "fast-check";
import type { Change, Edit, Episode } from "../../src/model/episode";

/** 2026-01-15T10:30:00Z */
const START = 1_768_473_000_000;

/** An open episode of the Deployment shop/api. */
export function episode(record: string, more: Partial<Episode> = {}): Episode {
  return {
    record,
    key: { group: "apps", kind: "Deployment", namespace: "shop", name: "api" },
    apiVersion: "apps/v1",
    uid: "uid-1",
    class: "manual_drift",
    since: START,
    edits: [],
    fields: ["spec.replicas"],
    conflicts: [],
    repeats: 0,
    decision: "waiting",
    decisionAt: START,
    reason: "grace period of 5m",
    commit: "1".repeat(40),
    ...more,
  };
}

const text = fc.string();
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const optional = { noNullPrototype: true } as const;

/** Drops what is undefined: absent is absent. */
function compact<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as T;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const change = fc
  .record({ path: text, from: maybe(text), to: maybe(text) }, optional)
  .map(value => compact(value) as Change);

const edit = fc
  .record(
    {
      id: text,
      by: text,
      groups: maybe(fc.array(text, { maxLength: 3 })),
      at: time,
      verb: fc.constantFrom("UPDATE", "SCALE", "DELETE", "CREATE"),
      manager: maybe(text),
      source: fc.constantFrom("admission", "inferred"),
      changes: fc.array(change, { maxLength: 3 }),
    },
    optional,
  )
  .map(value => compact(value) as Edit);

const type = fc.constantFrom(
  { apiVersion: "v1", group: "", kind: "ConfigMap" },
  { apiVersion: "apps/v1", group: "apps", kind: "Deployment" },
  { apiVersion: "example.com/v1alpha1", group: "example.com", kind: "Widget" },
);

/** Times to the millisecond. */
export const anyEpisode: fc.Arbitrary<Episode> = fc
  .record(
    {
      record: text,
      type,
      place: fc.record({ namespace: text, name: text }, optional),
      uid: text,
      class: fc.constantFrom("manual_drift", "conflict"),
      since: time,
      edits: fc.array(edit, { maxLength: 3 }),
      fields: fc.array(text, { maxLength: 3 }),
      conflicts: fc.array(text, { maxLength: 3 }),
      repeats: fc.nat(),
      decision: fc.constantFrom("waiting", "suspended", "left", "failed", "healed", "committed"),
      decisionAt: time,
      until: maybe(time),
      graceUntil: maybe(time),
      reason: text,
      commit: text,
    },
    optional,
  )
  .map(({ type: { apiVersion, group, kind }, place, ...rest }) => {
    return compact({ ...rest, apiVersion, key: { group, kind, ...place } }) as Episode;
  });
