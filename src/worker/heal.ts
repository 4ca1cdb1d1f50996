/** The other half of a worker's life: whatever changes in the cluster is decided on at once, whatever Git does meanwhile. */
import { NopeaError } from "../model/errors";
import type { Report } from "../model/report";
import type { World } from "../ports";
import type { Alarm } from "./alarm";
import { Stopped, Superseded } from "./endings";
import type { Keeper } from "./keeper";

export interface Healing {
  readonly keeper: Keeper;
  /** Rings when something has changed. */
  readonly alarm: Alarm;
  /** A controller whose abort ends what is under way; asked for before each walk. */
  readonly attempt: () => AbortController;
  readonly healed: (report: Report) => void;
  /** `namespace/name` */
  readonly repository: string;
}

/** Requests give up after a minute, and a heal that fails ends. */
const LONGEST_HEAL_MS = 300_000;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Runs until the signal is aborted; rejects only for a bug. */
export async function heal(
  world: Pick<World, "clock" | "log" | "newId" | "pulse">,
  healing: Healing,
  signal: AbortSignal,
): Promise<void> {
  const { keeper, alarm } = healing;
  let failed = 0;
  while (!signal.aborted) {
    await alarm.wait(() => keeper.dueAt(), signal).catch(() => undefined);
    if (isOver(signal)) return;
    const cause = await tryOnce(world, healing);
    failed = cause === undefined ? 0 : failed + 1;
    if (cause === undefined) continue;
    world.log.warn({ cause: cause.message }, "not healed, will try again");
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failed - 1), LONGEST_PAUSE_MS);
    await world.clock.sleep(pause, signal).catch(() => undefined);
  }
}

/** Asked again after each wait. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** What it failed for; undefined: for nothing, or it was ended early. */
async function tryOnce(
  { newId, pulse }: Pick<World, "newId" | "pulse">,
  { keeper, attempt, healed, repository }: Healing,
): Promise<NopeaError | undefined> {
  const { signal } = attempt();
  const end = pulse.begin({ loop: "healing", limitMs: LONGEST_HEAL_MS, repository });
  try {
    const report = await keeper.heal(newId(), signal);
    if (report !== undefined) healed(report);
    return undefined;
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (cause instanceof NopeaError) return cause;
    if (cause instanceof Superseded || cause instanceof Stopped) return undefined;
    throw cause;
  } finally {
    end();
  }
}
