/** All that one repository's worker remembers of the cluster, and who keeps it so. */
import type { Reader } from "../core/drift/snapshot";
import type { RepositoryId } from "../model/git-repository";
import type { Episode } from "../model/episode";
import type { Happening } from "../model/happening";
import { formatKey } from "../model/object-key";
import type { Testimony } from "../model/testimony";
import { ownerMarks, type OwnerMarks } from "../model/ownership";
import type { World } from "../ports";
import { Episodes } from "./episodes";
import { Keeper } from "./keeper";
import { Knowledge } from "./knowledge";
import { createTestimonies, type Testimonies } from "./testimonies";
import type { Policy } from "./target";
import { Pruner } from "./pruner";
import { createRecordWriter, type RecordWriter } from "./record-writer";

export interface Custody {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly knowledge: Knowledge;
  readonly episodes: Episodes;
  readonly records: RecordWriter;
  readonly testimonies: Testimonies;
  readonly pruner: Pruner;
  readonly keeper: Keeper;
}

export interface CustodyOptions {
  readonly repository: RepositoryId;
  /** Undefined: nothing may be written now. */
  readonly policy: () => Policy | undefined;
  /** Something is to be decided. */
  readonly changed: () => void;
  /** Times at which something is to be decided are others than before. */
  readonly decided: () => void;
  readonly tell: (happening: Happening) => void;
  readonly life: AbortSignal;
}

/** Nothing is asked or written before somebody walks. */
export function createCustody(world: World, options: CustodyOptions): Custody {
  const { repository, policy, changed, decided, life } = options;
  const { clock, log, metrics, pulse, driftRecords, cluster, sha256, verifySeal } = world;
  const marks = ownerMarks(repository, sha256);
  const reader: Reader = { fieldManager: marks.fieldManager, sha256, verifySeal };
  const knowledge = new Knowledge({ marks, reader, clock, changed });
  const records = createRecordWriter({
    records: driftRecords,
    repository,
    clock,
    log,
    pulse,
    life,
  });
  const discard = (record: string) => records.discard(record);
  const isUnderWay = (testimony: Testimony) => isEnding(testimony, knowledge);
  const testimonies = createTestimonies({ clock, isUnderWay, discard, life });
  const record = (episode: Episode, told?: () => void) => {
    records.set(episode, told);
  };
  const episodes = new Episodes(world, testimonies, { record, tell: options.tell });
  const pruner = new Pruner({ cluster, clock, metrics, knowledge, marks });
  const keeping = { marks, reader, knowledge, episodes, testimonies, pruner, policy, decided };
  const keeper = new Keeper(world, keeping);
  return { marks, reader, knowledge, episodes, records, testimonies, pruner, keeper };
}

/** Its end, or what becomes of that, is still to come. */
function isEnding({ key, uid }: Testimony, knowledge: Knowledge): boolean {
  const id = formatKey(key);
  const live = knowledge.get(id)?.live;
  if (live !== undefined) return live.uid === uid && live.terminating;
  const gone = knowledge.gone(id);
  // the end of finished work is no drift: nothing will come of it
  return gone?.uid === uid && gone.finished === undefined;
}
