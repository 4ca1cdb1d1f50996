/** What a keeper works with, and what it is asked to do. */
import type { Reader } from "../core/drift/snapshot";
import type { PendingObject } from "../model/git-repository";
import type { OwnerMarks } from "../model/ownership";
import type { BaseOf } from "./bases";
import type { Episodes } from "./episodes";
import type { Knowledge } from "./knowledge";
import type { Pruner } from "./pruner";
import type { Policy, Target } from "./target";
import type { Testimonies } from "./testimonies";

export interface Keeping {
  readonly marks: OwnerMarks;
  readonly reader: Reader;
  readonly knowledge: Knowledge;
  readonly episodes: Episodes;
  readonly testimonies: Testimonies;
  readonly pruner: Pruner;
  /** Undefined: nothing may be written now. */
  readonly policy: () => Policy | undefined;
  /** dueAt may be another than it was. */
  readonly decided: () => void;
}

export interface Walk {
  /** ULID. */
  readonly id: string;
  readonly target: Target;
  /** Before the first decision of this process. */
  readonly recall: (baseOf: BaseOf) => Promise<void>;
  /** Before the first write. */
  readonly beforeWrites: (pending: readonly PendingObject[]) => Promise<void>;
}

export type Settling = Omit<Walk, "recall" | "beforeWrites"> & {
  readonly beforeWrites: () => Promise<void>;
  readonly baseOf: BaseOf;
  /** Only some objects, between two walks. */
  readonly isHealing: boolean;
};
