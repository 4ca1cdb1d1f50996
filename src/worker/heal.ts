/** The other half of a worker's life: whatever changes in the cluster is decided on at once, whatever Git does meanwhile. */
import { NopeaError } from "../model/errors";
import type { Report } from "../model/report";
import type { World } from "../ports";
import type { Alarm } from "./alarm";
import { Superseded } from "./endings";
import type { Keeper } from "./keeper";

export interface Healing {
  readonly keeper: Keeper;
  /** Rings when something has changed. */
  readonly alarm: Alarm;
  /** A controller whose abort ends what is under way; asked for before each walk. */
  readonly attempt: () => AbortController;
  readonly healed: (report: Report) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Runs until the signal is aborted; rejects only for a bug. */
export async function heal(
  world: Pick<World, "clock" | "log" | "newId">,
  { keeper, alarm, attempt, healed }: Healing,
  signal: AbortSignal,
): Promise<void> {
  for (let failed = 0; !signal.aborted; ) {
    await alarm.wait(() => keeper.dueAt(), signal).catch(() => undefined);
    if (signal.aborted) return;
    const controller = attempt();
    try {
      const report = await keeper.heal(world.newId(), controller.signal);
      failed = 0;
      if (report !== undefined) healed(report);
    } catch (error) {
      const cause: unknown = controller.signal.aborted ? controller.signal.reason : error;
      if (signal.aborted || cause instanceof Superseded) continue;
      if (!(cause instanceof NopeaError)) throw cause;
      world.log.warn({ cause: cause.message }, "not healed, will try again");
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failed++, LONGEST_PAUSE_MS);
      await world.clock.sleep(pause, signal).catch(() => undefined);
    }
  }
}
