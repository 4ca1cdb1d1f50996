/** The writer of one repository's status. */
import { expect, it } from "vitest";
import type { RepositoryStatus } from "../../src/model/git-repository";
import { createStatusWriter } from "../../src/worker/status-writer";

function writerInto(written: RepositoryStatus[]) {
  return createStatusWriter({
    initial: {},
    write: status => Promise.resolve(void written.push(status)),
    clock: {
      now: () => 0,
      rfc3339: () => "",
      sleep: () => Promise.resolve(),
      breathe: () => Promise.resolve(),
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
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
