/** Carries one letter: tries until it is delivered, or until nothing is left to try. */
import type { Clock, Letter, Log } from "../../ports";
import type { Attempt, Delivery } from "./delivery";
import type { Turns } from "../turns";

/** Why a letter was given up: no room; the receiver says no; all tries failed; its host is not allowed. */
export type DropReason = "full" | "refused" | "failed" | "forbidden";

export interface Carrier {
  /** One try. */
  readonly deliver: (letter: Letter, signal: AbortSignal) => Promise<Delivery>;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Log;
  /** Told of each letter that is given up. */
  readonly dropped: (why: DropReason) => void;
  /** Ends everything. */
  readonly life: AbortSignal;
  /** Pauses before the second try and those after it. */
  readonly pausesMs: readonly number[];
}

/** Never rejects. A turn is only taken for a try: whoever pauses keeps nobody else waiting. */
export async function carry(carrier: Carrier, turns: Turns, letter: Letter): Promise<void> {
  try {
    const failure = await tryAll(carrier, turns, letter);
    if (failure !== undefined) giveUp(carrier, letter, failure);
  } catch (error) {
    // the end of the process is no loss that anybody could be told of
    if (carrier.life.aborted) return;
    giveUp(carrier, letter, { result: "refused", problem: String(error) });
  }
}

/** The last failure; undefined: it is delivered. */
async function tryAll(
  carrier: Carrier,
  turns: Turns,
  letter: Letter,
): Promise<Attempt | undefined> {
  const { clock, life, pausesMs } = carrier;
  let delivery = await attempt(carrier, turns, letter);
  for (const pause of pausesMs) {
    if (delivery.result !== "unavailable") break;
    await clock.sleep(pause, life);
    delivery = await attempt(carrier, turns, letter);
  }
  return delivery.result === "delivered" ? undefined : delivery;
}

async function attempt(
  { deliver, life }: Carrier,
  turns: Turns,
  letter: Letter,
): Promise<Delivery> {
  const end = await turns.take(life);
  try {
    return await deliver(letter, life);
  } finally {
    end();
  }
}

function giveUp({ dropped, log }: Carrier, { about }: Letter, { result, problem }: Attempt): void {
  dropped(result === "unavailable" ? "failed" : result);
  log.warn({ ...about, problem }, "an event could not be delivered, and is lost");
}
