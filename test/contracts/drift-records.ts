/** What every DriftRecords promises, as tests: run on the real one and on the fake. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RepositoryId } from "../../src/model/git-repository";
import type { DriftRecords } from "../../src/ports";
import { episode } from "../support/episodes";

export interface DriftRecordsWorld {
  readonly records: DriftRecords;
  /** In a namespace of its own, unless one is given. */
  createRepository(name?: string, namespace?: string): Promise<RepositoryId>;
  deleteRepository(id: RepositoryId): Promise<void>;
  /** By hand. */
  deleteRecord(id: RepositoryId, record: string): Promise<void>;
}

const SECOND = 1_000;
const START = 1_768_473_000_000;

/** An episode of which everything is known. */
const full = episode("01kf0k8y20k5ftcmgm9c9z4n7j", {
  edits: [
    {
      id: "01kf0k8y20k5ftcmgm9c9z4n7k",
      by: "larry",
      groups: ["sre"],
      at: START,
      verb: "UPDATE",
      manager: "kubectl-set",
      source: "admission",
      changes: [{ path: "spec.replicas", from: "2", to: "3" }, { path: "spec.paused" }],
    },
    {
      id: "01kf0k8y20k5ftcmgm9c9z4n7m",
      by: "unknown",
      at: START + SECOND,
      verb: "SCALE",
      source: "inferred",
      changes: [],
    },
  ],
  conflicts: ["spec.replicas"],
  repeats: 3,
  until: START + 300 * SECOND,
  graceUntil: START + 600 * SECOND,
});

/** The suite. */
export function describeDriftRecords(name: string, open: () => Promise<DriftRecordsWorld>): void {
  describe(`${name} keeps the promise of DriftRecords`, () => {
    let world: DriftRecordsWorld;
    let id: RepositoryId;
    beforeAll(async () => {
      world = await open();
    });
    beforeEach(async () => {
      id = await world.createRepository();
    });

    const signal = () => new AbortController().signal;
    const list = (of = id) => world.records.list(of, signal());
    const write = (what = full, of = id) => world.records.write(of, what, signal());
    const remove = (record: string, of = id) => world.records.remove(of, record, signal());

    it("a repository that nothing was written of: an empty list", async () => {
      expect(await list()).toEqual([]);
    });

    it("an episode: stands as it was written, with everything in it", async () => {
      await write();
      expect(await list()).toEqual([full]);
    });

    it("times between seconds: never heals earlier, never began later", async () => {
      await write({ ...full, since: START + 999, until: START + 1, graceUntil: START + 1_001 });
      const [found] = await list();
      expect(found).toMatchObject({ since: START, until: START + SECOND });
      expect(found?.graceUntil).toBe(START + 2 * SECOND);
    });

    it("written again: replaced as a whole", async () => {
      await write();
      const { until, graceUntil, ...rest } = full;
      const healed = { ...rest, edits: [], conflicts: [], decision: "healed" } as const;
      await write(healed);
      expect(await list()).toEqual([healed]);
      expect([until, graceUntil]).not.toContain(undefined);
    });

    it("several: in the order of their names", async () => {
      for (const record of ["01b", "01c", "01a"]) await write(episode(record));
      expect((await list()).map(({ record }) => record)).toEqual(["01a", "01b", "01c"]);
    });

    it("another repository beside it, and one of the same name elsewhere: their own lists", async () => {
      const beside = await world.createRepository("beside", id.namespace);
      const elsewhere = await world.createRepository(id.name);
      await write(episode("01a"));
      await write(episode("01b"), beside);
      await write(episode("01a", { repeats: 7 }), elsewhere);
      expect(await list()).toEqual([episode("01a")]);
      expect(await list(beside)).toEqual([episode("01b")]);
      expect(await list(elsewhere)).toEqual([episode("01a", { repeats: 7 })]);
    });

    it("a repository that was made anew: does not have the old one's", async () => {
      await write();
      await world.deleteRepository(id);
      const anew = await world.createRepository(id.name, id.namespace);
      expect(await list(anew)).toEqual([]);
    });

    it("deleted by hand: written again", async () => {
      await write();
      await world.deleteRecord(id, full.record);
      expect(await list()).toEqual([]);
      await write();
      expect(await list()).toEqual([full]);
    });

    it("removed: gone; once more: no failure", async () => {
      await write();
      await write(episode("01b"));
      await remove(full.record);
      await remove(full.record);
      expect(await list()).toEqual([episode("01b")]);
    });

    it("a repository that is gone: no failure", async () => {
      await world.deleteRepository(id);
      await write();
      await remove(full.record);
    });

    it("a name as long as names may be: as any other", async () => {
      const long = await world.createRepository("a".repeat(253), id.namespace);
      await write(full, long);
      expect(await list(long)).toEqual([full]);
    });

    it("aborted: rejects with the reason", async () => {
      const reason = new Error("enough");
      const ended = AbortSignal.abort(reason);
      await expect(world.records.list(id, ended)).rejects.toBe(reason);
      await expect(world.records.write(id, full, ended)).rejects.toBe(reason);
      await expect(world.records.remove(id, full.record, ended)).rejects.toBe(reason);
    });
  });
}
