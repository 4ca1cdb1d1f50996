/** What a walk found about one object, as its episode needs to know it. */
import type { Edit } from "../../model/episode";
import type { ObjectKey } from "../../model/object-key";
import type { StepOutcome } from "../../model/outcome";
import type { Hold, Verdict } from "../../model/verdict";

/** What was found about an object, and what came of it. Times are milliseconds since the epoch. */
export interface Finding {
  readonly key: ObjectKey;
  readonly apiVersion: string;
  /** Of the object that drifted. */
  readonly uid: string;
  readonly verdict: Verdict;
  /** Of the write, if there was one. */
  readonly outcome: StepOutcome | undefined;
  /** It is about to be written. */
  readonly isHealing: boolean;
  /** It still is not as nopea's own apply left it. */
  readonly differs: boolean;
  /** The commit that nopea's last apply of it was of, before this walk writes; absent: that is not known. */
  readonly appliedCommit?: string | undefined;
  /** Edits that no episode has told of yet, oldest first. */
  readonly edits: readonly Edit[];
  readonly detectedAt: number;
  readonly commit: string;
  readonly now: number;
  /** Why each hold, in a sentence. */
  readonly reasons: Readonly<Record<Hold, string>>;
  readonly nameOf: (uid: string, since: number) => string;
}
