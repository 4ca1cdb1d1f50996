/** What is worth telling outside: found by the worker, told by Kubernetes Events, CDEvents, notifications and metrics. */
import type { Episode } from "./episode";
import type { HealPolicy, NotifyTarget, RepositoryId } from "./git-repository";
import type { ObjectRef } from "./object-key";
import type { Suspended } from "./report";
import type { Fault } from "./verdict";

/** The GitRepository that something happened to, as it was then. */
export interface Told {
  readonly id: RepositoryId;
  /** As spec.url has it: without credentials. */
  readonly url: string;
  readonly branch: string;
  /** "" is the root. */
  readonly path: string;
  readonly healPolicy: HealPolicy;
  readonly notify: NotifyTarget | undefined;
}

/** One thing that happened, once; the same thing found again is none. */
export type Happening =
  /** A commit is in that was not before, or what had failed is well again. */
  | {
      readonly what: "synced";
      readonly commit: string;
      /** The last that was in; undefined: none of this GitRepository ever was. Equal to commit: only a failure is over. */
      readonly previous: string | undefined;
      /** Objects that Git declares. */
      readonly total: number;
      readonly created: number;
      readonly updated: number;
    }
  /** It enters failure, or fails for another reason than before. */
  | {
      readonly what: "failed";
      /** Undefined: the branch's tip could not be found out. */
      readonly commit: string | undefined;
      /** Of the Ready condition. */
      readonly reason: string;
      readonly message: string;
      readonly fault: Fault;
    }
  /** A new version of an episode: its first, or one with another decision. `before`: the version that was told before. */
  | {
      readonly what: "drift";
      readonly before: Episode | undefined;
      readonly episode: Episode;
    }
  /** Somebody holds nopea off an object, drifted or not. */
  | { readonly what: "suspended"; readonly object: ObjectRef; readonly suspended: Suspended }
  | { readonly what: "resumed"; readonly object: ObjectRef }
  | {
      readonly what: "pruned";
      readonly commit: string;
      readonly objects: readonly ObjectRef[];
    }
  /** Git no longer declares them, and they stay for now. */
  | { readonly what: "orphaned"; readonly commit: string; readonly objects: readonly ObjectRef[] }
  /** Replicas that an autoscaler has set are not set back. */
  | { readonly what: "autoscaled"; readonly object: ObjectRef; readonly fields: readonly string[] }
  /** spec.suspend became true. */
  | { readonly what: "rests" }
  /** spec.suspend became false. */
  | { readonly what: "goes-on" }
  /** The GitRepository was deleted with deletionPolicy Delete, and its objects with it. */
  | { readonly what: "removed"; readonly commit: string | undefined };

/** Who is told: returns at once, and never throws. `at`: milliseconds since the epoch. */
export type Tell = (happening: Happening, about: Told, at: number) => void;
