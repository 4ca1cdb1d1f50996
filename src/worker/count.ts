/** Counts what happened: edits by hand, and what became of them. */
import { isOpen, type ClosedDecision, type Episode } from "../model/episode";
import type { Tell } from "../model/happening";
import type { Metrics } from "../ports";

/** Repeats are counted too: each of them is an edit that was dealt with. */
export function countHappenings(metrics: Metrics): Tell {
  return (happening, _, at) => {
    if (happening.what !== "drift") return;
    const { before, episode } = happening;
    if (before === undefined || !isOpen(before)) metrics.driftDetected(episode.class);
    if (isOpen(episode)) return;
    metrics.driftEnded(episode.decision as ClosedDecision);
    if (episode.decision === "healed") metrics.healed(sinceEdit(episode, at));
  };
}

/** Of the last edit; clocks of two processes may differ by a little. */
function sinceEdit({ edits, since, decisionAt }: Episode, at: number): number {
  const edited = edits.at(-1)?.at ?? since;
  return Math.max(0, Math.min(decisionAt, at) - edited) / 1000;
}
