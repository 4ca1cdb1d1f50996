/** The writer of one repository's status. */
import { describe, expect, it } from "vitest";
import type { RepositoryStatus } from "../../src/model/git-repository";
import { createStatusWriter } from "../../src/worker/status-writer";

const SURROUNDINGS = {
  clock: {
    now: () => 0,
    rfc3339: () => "",
    sleep: () => Promise.resolve(),
    breathe: () => Promise.resolve(),
  },
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
};

function writerInto(written: RepositoryStatus[]) {
  return createStatusWriter({
    initial: {},
    write: status => Promise.resolve(void written.push(status)),
    ...SURROUNDINGS,
    life: new AbortController().signal,
  });
}

it("a status that changes nothing: is not written, and the next one that does is", async () => {
  const written: RepositoryStatus[] = [];
  const writer = writerInto(written);
  const { signal } = new AbortController();
  writer.set({ phase: "Syncing" });
  await writer.flush(signal);
  writer.set({ phase: "Syncing" });
  await writer.flush(signal);
  writer.set({ phase: "Synced" });
  await writer.flush(signal);
  expect(written).toEqual([{ phase: "Syncing" }, { phase: "Synced" }]);
});

describe("what is told when a status is in", () => {
  function begin() {
    const told: string[] = [];
    const writes: { readonly status: RepositoryStatus; readonly end: () => void }[] = [];
    const life = new AbortController();
    const writer = createStatusWriter({
      initial: {},
      write: status => new Promise(resolve => void writes.push({ status, end: resolve })),
      ...SURROUNDINGS,
      life: life.signal,
    });
    const set = (phase: "Syncing" | "Synced" | "Failed", word: string) => {
      writer.set({ phase }, () => void told.push(word));
    };
    const finish = async (at: number) => {
      writes[at]?.end();
      await new Promise(resolve => setImmediate(resolve));
    };
    return { told, writes, writer, set, finish, life };
  }

  it("during a write: waits for the next", async () => {
    const { told, set, finish } = begin();
    set("Syncing", "one");
    set("Synced", "two");
    expect(told).toEqual([]);
    await finish(0);
    expect(told).toEqual(["one"]);
    await finish(1);
    expect(told).toEqual(["one", "two"]);
  });

  it("several during one write: all of them when the newest is in", async () => {
    const { told, writes, set, finish } = begin();
    for (const [phase, word] of [
      ["Syncing", "one"],
      ["Synced", "two"],
      ["Failed", "three"],
    ] as const) {
      set(phase, word);
    }
    await finish(0);
    await finish(1);
    expect(writes).toHaveLength(2);
    expect(told).toEqual(["one", "two", "three"]);
  });

  it("set and taken back during a write: told when that is over", async () => {
    const { told, writes, set, finish } = begin();
    set("Syncing", "one");
    set("Synced", "two");
    set("Syncing", "three");
    await finish(0);
    expect(writes).toHaveLength(1);
    expect(told).toEqual(["one", "two", "three"]);
  });

  it("nothing to write: told at once; after the end of life: never", async () => {
    const { told, set, finish, life } = begin();
    set("Syncing", "one");
    await finish(0);
    set("Syncing", "again");
    expect(told).toEqual(["one", "again"]);
    set("Synced", "two");
    set("Failed", "three");
    life.abort();
    await finish(1);
    expect(told).toEqual(["one", "again", "two"]);
  });
});
