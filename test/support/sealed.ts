/** What the admission hook would have written on the object of a drift world. */
import { createSealer } from "../../src/adapters/seal";
import { withSeal } from "../../src/core/evidence/seal";
import { companionsOf, writeCompanions } from "../../src/core/evidence/companions";
import { formatStamp } from "../../src/core/evidence/stamp";
import { ANNOTATION_MANUAL_EDIT, ANNOTATION_SUSPEND_HEAL } from "../../src/model/annotations";
import type { Change, Edit } from "../../src/model/episode";
import { OBJECT, type DriftWorld } from "./drift-world";
import { SEAL_KEY } from "./fake-world";

type Texts = Readonly<Record<string, string>>;

/** An edit as the hook tells it: to the second, made now unless `more` says otherwise. */
export function seen(
  { clock }: DriftWorld,
  by: string,
  changes: readonly Change[],
  more: Partial<Edit> = {},
): Edit {
  const at = clock.now();
  const id = `edit of ${by} at ${at}`;
  return { ...{ id, by, at, verb: "UPDATE", source: "admission", changes }, ...more };
}

/** The stamp of these edits, with the seal that `key` makes for the object as it is. */
export function stampOf(world: DriftWorld, edits: readonly Edit[], key = SEAL_KEY): Texts {
  const rfc3339 = (at: number) => world.clock.rfc3339(at);
  return sealedWith(world, { [ANNOTATION_MANUAL_EDIT]: formatStamp(edits, rfc3339) }, key);
}

/** The annotation that suspends, with what the hook writes beside it. */
export function suspensionBy(world: DriftWorld, by: string, value: string): Texts {
  const { clock } = world;
  const set = { [ANNOTATION_SUSPEND_HEAL]: value };
  const companions = companionsOf(set, by, clock.now());
  if (companions === undefined) throw new Error(`${value} suspends nothing`);
  const rfc3339 = (at: number) => clock.rfc3339(at);
  return { ...set, ...sealedWith(world, writeCompanions(companions, rfc3339)) };
}

function sealedWith({ cluster }: DriftWorld, names: Texts, key = SEAL_KEY): Texts {
  return withSeal(cluster.live(OBJECT)?.uid ?? "", names, createSealer(() => key).seal);
}

/** An edit of its data, in one write with the annotations. */
export async function handWith(world: DriftWorld, data: Texts, annotations: Texts): Promise<void> {
  world.cluster.edit(OBJECT, { data, metadata: { annotations } });
  await world.clock.settle();
}
