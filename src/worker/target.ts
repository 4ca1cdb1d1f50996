/** What the objects of a repository are to be like, and what its GitRepository asks for besides. */
import type { PrunePolicy } from "../core/sync/prune";
import type { Unknown } from "../core/sync/locate";
import type { Account } from "../model/account";
import type { Desired, KindInfo } from "../model/manifest";
import type { Fault } from "../model/verdict";
import type { BaseOf } from "./bases";
import type { Healers } from "./judging";

/** What the objects are to be like, and where that is from. */
export interface Target {
  readonly commit: string;
  /** By formatKey. */
  readonly desired: ReadonlyMap<string, Desired>;
  readonly unknown: readonly Unknown[];
  /** Every kind in which objects of this repository may be, as far as it is served. */
  readonly kinds: readonly KindInfo[];
  /** kindIds of those that the status names. */
  readonly knownKinds: readonly string[];
  /** By kindId. */
  readonly unavailable: ReadonlyMap<string, Fault>;
  readonly notices: readonly string[];
  readonly bases: (signal: AbortSignal) => BaseOf;
  /** What of the spec it was made of: with another, it is not this repository's wish any more. */
  readonly source: string;
  /** The branch's tip cannot be read: what a later commit than this one brought is nobody's orphan. */
  readonly isLastGood?: boolean;
}

/** What the GitRepository asks for about objects that Git no longer declares. */
export interface PruneWish extends PrunePolicy {
  /** The commit that somebody has confirmed with nopea.io/confirm-prune. */
  readonly confirmed?: string | undefined;
  /** The GitRepository itself goes, and its objects with it: nothing has to be confirmed. */
  readonly isLeaving?: boolean;
  /** Finalizers have been waited for long enough. */
  readonly isHurried?: boolean;
}

/** What the GitRepository asks for right now. */
export interface Policy extends Pick<Healers, "rules" | "graceMs"> {
  readonly source: string;
  readonly intervalMs: number;
  readonly wish: PruneWish;
  /** Whoever writes; undefined: nopea itself. */
  readonly account: Account | undefined;
}
