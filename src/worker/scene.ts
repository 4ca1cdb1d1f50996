/** What a decision about orphans depends on, besides the orphans. */
import type { Told } from "../core/report/summarise";
import { isOpen } from "../model/episode";
import type { Episodes } from "./episodes";
import type { Ledger } from "./ledger";
import type { PruneWish, Target } from "./target";

export interface Scene {
  readonly target: Target;
  readonly wish: PruneWish;
  /** Everything that Git declares is in. */
  readonly isComplete: boolean;
  /** Somebody's edit of the object is open; by formatKey. */
  readonly isEdited: (id: string) => boolean;
}

export interface Setting extends Pick<Scene, "target" | "wish"> {
  /** Everything of the target was decided on. */
  readonly hasWalked: boolean;
  readonly ledger: Pick<Ledger, "told">;
  readonly episodes: Pick<Episodes, "of">;
}

export function sceneOf({ target, wish, hasWalked, ledger, episodes }: Setting): Scene {
  const isIn = ({ result }: Told) => result !== "failed";
  const isAllIn = target.unknown.length === 0 && [...ledger.told().values()].every(isIn);
  const isEdited = (id: string) => {
    const episode = episodes.of(id);
    return episode !== undefined && isOpen(episode);
  };
  return { target, wish, isComplete: hasWalked && isAllIn, isEdited };
}
