/** What a decision about orphans depends on, besides the orphans. */
import type { Account } from "../model/account";
import type { Told } from "../core/report/summarise";
import { isOpen } from "../model/episode";
import { groupOf, typeOfId } from "../model/manifest";
import type { ObjectKey } from "../model/object-key";
import type { Episodes } from "./episodes";
import type { Ledger } from "./ledger";
import type { PruneWish, Target } from "./target";

export interface Scene {
  readonly target: Target;
  readonly wish: PruneWish;
  /** Whoever deletes; undefined: nopea itself. */
  readonly account: Account | undefined;
  /** Everything that Git declares is in. */
  readonly isComplete: () => boolean;
  /** Somebody's edit of the object is open; by formatKey. */
  readonly isEdited: (id: string) => boolean;
  /** Its kind cannot be looked at: nobody knows whether it is there. */
  readonly isHidden: (key: ObjectKey) => boolean;
}

export interface Setting extends Pick<Scene, "target" | "wish" | "account"> {
  /** Everything of the target was decided on. */
  readonly hasWalked: boolean;
  /** By kindId: kinds that cannot be looked at. */
  readonly unavailable: ReadonlyMap<string, unknown>;
  readonly ledger: Pick<Ledger, "told">;
  readonly episodes: Pick<Episodes, "of">;
}

export function sceneOf({ hasWalked, unavailable, ledger, episodes, ...asked }: Setting): Scene {
  const isIn = ({ result }: Told) => result !== "failed";
  // a question of every object, and mostly there is no orphan to ask for
  const isComplete = () =>
    hasWalked &&
    asked.target.isLastGood !== true &&
    asked.target.unknown.length === 0 &&
    [...ledger.told().values()].every(isIn);
  const isEdited = (id: string) => {
    const episode = episodes.of(id);
    return episode !== undefined && isOpen(episode);
  };
  const hidden = [...unavailable.keys()].map(typeOfId);
  const isHidden = ({ group, kind }: ObjectKey) =>
    hidden.some(type => type.kind === kind && groupOf(type.apiVersion) === group);
  return { ...asked, isComplete, isEdited, isHidden };
}
