/** DriftRecords: what is written of an episode, and what a restart reads. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { readRecord } from "../../../src/core/heal/read-record";
import { inSeconds, recordOf } from "../../../src/core/heal/record";
import type { Episode } from "../../../src/model/episode";
import { isObject } from "../../../src/model/json";
import { anyEpisode, episode } from "../../support/episodes";
import { clock } from "../../../src/adapters/clock";

const tools = { rfc3339: (time: number) => clock.rfc3339(time), sha256 };
const REPOSITORY = { uid: "r-1", namespace: "team", name: "my-app" };
const START = Date.UTC(2026, 0, 15, 3, 2, 11);

const full: Episode = episode("01kf4x", {
  since: START + 999,
  edits: [
    {
      id: "01kf4y",
      by: "larry",
      groups: ["sre"],
      at: START + 1,
      verb: "UPDATE",
      manager: "kubectl-set",
      source: "admission",
      changes: [{ path: "spec.replicas", from: "2", to: "3" }, { path: "spec.paused" }],
    },
  ],
  conflicts: ["spec.replicas"],
  until: START + 300_001,
  graceUntil: START + 300_999,
  decisionAt: START + 500,
});

describe("writing", () => {
  test("an open episode: the object of the contract, every time to the second", () => {
    expect(recordOf(REPOSITORY, full, tools)).toEqual({
      apiVersion: "nopea.false.systems/v1alpha1",
      kind: "DriftRecord",
      metadata: {
        name: "01kf4x",
        namespace: "team",
        labels: { "nopea.io/repository": "my-app" },
        ownerReferences: [
          {
            apiVersion: "nopea.false.systems/v1alpha1",
            kind: "GitRepository",
            name: "my-app",
            uid: "r-1",
          },
        ],
      },
      spec: {
        repository: "my-app",
        object: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          namespace: "shop",
          name: "api",
          uid: "uid-1",
        },
      },
      status: {
        state: "open",
        class: "manual_drift",
        since: "2026-01-15T03:02:11Z",
        edits: [
          {
            id: "01kf4y",
            by: "larry",
            groups: ["sre"],
            at: "2026-01-15T03:02:11Z",
            verb: "UPDATE",
            manager: "kubectl-set",
            source: "admission",
            changes: [{ path: "spec.replicas", from: "2", to: "3" }, { path: "spec.paused" }],
          },
        ],
        fields: ["spec.replicas"],
        conflicts: ["spec.replicas"],
        repeats: 0,
        decision: "waiting",
        until: "2026-01-15T03:07:12Z",
        graceUntil: "2026-01-15T03:07:12Z",
        decisionAt: "2026-01-15T03:02:11Z",
        reason: "grace period of 5m",
        commit: "1".repeat(40),
      },
    });
  });

  test("a closed one of a cluster-scoped object: closed, and no namespace", () => {
    const key = { group: "", kind: "Namespace", namespace: "", name: "shop" };
    const closed = episode("01kf4x", { decision: "healed", key, apiVersion: "v1" });
    const record = recordOf(REPOSITORY, closed, tools);
    expect(record).toMatchObject({ status: { state: "closed" } });
    expect(record.spec).toEqual({
      repository: "my-app",
      object: { apiVersion: "v1", kind: "Namespace", name: "shop", uid: "uid-1" },
    });
  });

  test("a repository whose name is longer than a label: cut and hashed as on objects", () => {
    const name = "a".repeat(100);
    const { metadata } = recordOf({ ...REPOSITORY, name }, full, tools);
    const value = `${"a".repeat(54)}-${sha256(name).slice(0, 8)}`;
    expect(metadata).toMatchObject({ labels: { "nopea.io/repository": value } });
  });
});

describe("reading", () => {
  test("law: what was written is read again, up to seconds", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyEpisode, written => {
        const stored: unknown = JSON.parse(JSON.stringify(recordOf(REPOSITORY, written, tools)));
        expect(readRecord(stored)).toEqual(inSeconds(written));
      }),
    );
  });

  test("law: nothing heals earlier, and nothing began later, by less than a second", () => {
    fc.assert(
      fc.property(anyEpisode, exact => {
        const { since, until = 0, graceUntil = 0 } = inSeconds(exact);
        const past = exact.since - since;
        const future = [until - (exact.until ?? 0), graceUntil - (exact.graceUntil ?? 0)];
        expect([past, ...future].every(shift => shift >= 0 && shift < 1000)).toBe(true);
      }),
    );
  });

  test("what people made of it: the parts that still say something", () => {
    const { status, ...rest } = recordOf(REPOSITORY, full, tools);
    const edits = [{ id: "x" }, "no edit", { id: "y", at: "2026-01-15T03:02:11Z", verb: "UPDATE" }];
    const mangled = { ...(status as object), edits, repeats: -3, until: "soon", reason: 4 };
    const read = readRecord({ ...rest, status: mangled });
    expect(read).toMatchObject({ record: "01kf4x", repeats: 0, reason: "", since: START });
    expect(read?.until).toBeUndefined();
    expect(read?.edits).toEqual([
      {
        id: "y",
        by: "unknown",
        at: START,
        verb: "UPDATE",
        source: "inferred",
        changes: [],
      },
    ]);
  });

  test.each(["class", "decision", "since"])("without %s: no episode", field => {
    const { status, ...rest } = recordOf(REPOSITORY, full, tools);
    expect(
      readRecord({ ...rest, status: { ...(status as object), [field]: "?" } }),
    ).toBeUndefined();
  });

  test("any value: never throws", { timeout: 60_000 }, () => {
    const record = recordOf(REPOSITORY, full, tools);
    const parts = Object.keys(record);
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.anything(), (part, value) => {
        readRecord(value);
        readRecord({ ...record, [part]: value });
        const inside = record[part];
        if (!isObject(inside)) return;
        for (const key of Object.keys(inside)) {
          readRecord({ ...record, [part]: { ...inside, [key]: value } });
        }
      }),
    );
  });
});
