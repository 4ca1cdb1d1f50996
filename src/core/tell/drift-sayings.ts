/** What Events say of a drift episode: that it was detected, and what became of the edit. */
import { isOpen, type Episode } from "../../model/episode";
import type { Happening } from "../../model/happening";
import type { KubeEvent } from "../../model/kube-event";
import type { ObjectRef } from "../../model/object-key";
import { editSentence, fateSentence, whoOf } from "./sentences";

/** Of one occurrence. */
export interface Saying extends Pick<KubeEvent, "reason" | "type" | "action" | "note"> {
  /** That it is about, besides the GitRepository. */
  readonly objects?: readonly ObjectRef[];
  /** Equal for occurrences that must be told once only; absent: each is one of its own. */
  readonly once?: string;
  /** What it says but for times; absent: the note. */
  readonly same?: string;
}

type Drift = Extract<Happening, { what: "drift" }>;

/** In the order in which it happened. */
export function driftSayings({ before, episode }: Drift, now: number): readonly Saying[] {
  const objects = [refOf(episode)];
  const wasOpen = before !== undefined && isOpen(before);
  const isNew = !wasOpen || isOtherEdit(before, episode);
  if (isOpen(episode)) {
    const said = isNew ? detected(episode, now) : decided(episode, now);
    return said === undefined ? [] : [{ ...said, objects }];
  }
  const end = episode.decision === "healed" ? healed(episode) : skipped(episode.reason);
  return [...(isNew ? [{ ...detected(episode, now), objects }] : []), { ...end, objects }];
}

function isOtherEdit(before: Episode, { edits }: Episode): boolean {
  return before.edits.at(-1)?.id !== edits.at(-1)?.id;
}

/** Another decision on the same edit; undefined: it is healed now, which will be said when it is. */
function decided(episode: Episode, now: number): Saying | undefined {
  if (episode.decision !== "waiting") return skipped(fateSentence(episode, now));
  return episode.until === undefined ? undefined : detected(episode, now);
}

function detected(episode: Episode, now: number): Saying {
  const what = editSentence(episode);
  // an episode that was over when it was told of has no fate left
  const fate = isOpen(episode) ? `; ${fateSentence(episode, now)}` : "";
  const note = `${what}${fate}`;
  const same = `${what}\n${episode.decision}`;
  return { reason: "DriftDetected", type: "Warning", action: "Detect", note, same };
}

function healed({ edits, fields }: Episode): Saying {
  const paths = edits.at(-1)?.changes.map(({ path }) => path) ?? fields;
  const what = paths.length === 0 ? "the object" : paths.slice(0, SHOWN).join(", ");
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : "";
  const note = `Git's value is back: ${what}${more} (the edit was ${possessive(whoOf(edits.at(-1)))})`;
  return { reason: "Healed", type: "Normal", action: "Heal", note };
}

const SHOWN = 3;

function possessive(who: string): string {
  return who.startsWith("somebody") ? `by ${who}` : `${who}'s`;
}

function skipped(note: string): Saying {
  return { reason: "HealSkipped", type: "Normal", action: "Heal", note };
}

function refOf({ key, apiVersion, uid }: Episode): ObjectRef {
  return { key, apiVersion, uid };
}
