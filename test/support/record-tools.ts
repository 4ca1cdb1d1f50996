/** How DriftRecords are written and read in the running watcher. */
import { clock } from "../../src/adapters/clock";
import type { RecordTools } from "../../src/adapters/kube/drift-records";
import { sha256 } from "../../src/adapters/sha256";
import { readRecord } from "../../src/core/heal/read-record";
import { recordOf } from "../../src/core/heal/record";

const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);

export const recordTools: RecordTools = {
  write: (repository, episode) => recordOf(repository, episode, { rfc3339, sha256 }),
  read: readRecord,
  sha256,
};
