/** Gives every declared object its place, a few hundred at a time: other repositories go on meanwhile. */
import { beginLocating, type Located, type Locating } from "../core/sync/locate";
import type { Declared } from "../model/manifest";
import type { World } from "../ports";
import { inSlices } from "./in-slices";

/** The order of the result is that of `declared`. */
export async function locateAll(
  { clock }: Pick<World, "clock">,
  declared: readonly Declared[],
  locating: Locating,
): Promise<Located> {
  const locator = beginLocating(locating);
  for (const slice of inSlices(declared)) {
    slice.forEach(locator.add);
    await clock.breathe();
  }
  return locator.end();
}
