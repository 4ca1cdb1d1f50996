/** What is to be hooked: what is managed, and for some time after a restart what was hooked before. */
import type { HookedResource } from "../../model/hooks";

export interface HookedKinds {
  /** True where other kinds are to be hooked than before. */
  manage(kinds: readonly HookedResource[]): boolean;
  /** Takes over what `covered` says, the first time that it says so. */
  inherit(covered: () => Promise<readonly HookedResource[]>): Promise<void>;
  /** True as for `manage`. */
  disinherit(): boolean;
  all(): readonly HookedResource[];
}

/** Nothing is managed yet. */
export function createHookedKinds(): HookedKinds {
  let managed: readonly HookedResource[] = [];
  let inherited: readonly HookedResource[] | undefined;
  const all = () => [...managed, ...(inherited ?? [])];
  const changes = (change: () => void) => {
    const before = namesOf(all());
    change();
    return namesOf(all()) !== before;
  };
  const disinherit = () => {
    inherited = [];
  };
  return {
    manage: kinds =>
      changes(() => {
        managed = kinds;
        // the last one has gone: no others are about to come back
        if (kinds.length === 0) disinherit();
      }),
    async inherit(covered) {
      if (inherited !== undefined) return;
      const before = await covered();
      inherited ??= before;
    },
    disinherit: () => changes(disinherit),
    all,
  };
}

/** Whatever their order, and however often each is named. */
function namesOf(kinds: readonly HookedResource[]): string {
  return [...new Set(kinds.map(({ apiVersion, plural }) => `${apiVersion}/${plural}`))]
    .sort()
    .join(" ");
}
