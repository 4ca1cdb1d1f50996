/** What is to be hooked: what is managed, and for some time after a restart what was hooked before. */
import type { HookedResource } from "../../model/hooks";

export interface HookedKinds {
  manage(kinds: readonly HookedResource[]): void;
  /** Takes over what `covered` says, the first time that it says so. */
  inherit(covered: () => Promise<readonly HookedResource[]>): Promise<void>;
  disinherit(): void;
  all(): readonly HookedResource[];
}

/** Nothing is managed yet. */
export function createHookedKinds(): HookedKinds {
  let managed: readonly HookedResource[] = [];
  let inherited: readonly HookedResource[] | undefined;
  const disinherit = () => {
    inherited = [];
  };
  return {
    manage(kinds) {
      managed = kinds;
      // the last one has gone: no others are about to come back
      if (kinds.length === 0) disinherit();
    },
    async inherit(covered) {
      if (inherited !== undefined) return;
      const before = await covered();
      inherited ??= before;
    },
    disinherit,
    all: () => [...managed, ...(inherited ?? [])],
  };
}
