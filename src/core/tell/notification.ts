/** What healPolicy notify sends: the CDEvent of an edit by hand, with a sentence that chat rooms show as it is. */
import type { EventDraft } from "../../model/cloud-event";
import { isOpen, type Episode } from "../../model/episode";
import { nameOf } from "../../model/git-repository";
import type { Told } from "../../model/happening";
import { formatKey } from "../../model/object-key";
import { cut } from "../evidence/text-length";
import { driftEvent } from "./cdevents";
import type { DriftTools } from "./drift-data";
import type { DriftWord } from "./drift-news";
import { editSentence } from "./sentences";

/** The attribute `text` of the event is what Slack, Mattermost and their like look for. */
export function notification(
  word: DriftWord,
  episode: Episode,
  about: Told,
  tools: DriftTools,
): EventDraft {
  const sentence = word === "detected" ? detected(episode, about, tools) : resolved(episode, about);
  return { ...driftEvent(word, episode, about, tools), text: calm(sentence) };
}

function detected(episode: Episode, about: Told, { eventValues }: DriftTools): string {
  const edit = editSentence(eventValues ? episode : withoutValues(episode));
  const what = `${formatKey(episode.key)}: ${edit} (GitRepository ${nameOf(about.id)}).`;
  return isOpen(episode) ? `${what} ${fate(episode)}` : what;
}

function fate({ decision, reason }: Episode): string {
  return decision === "left"
    ? `It stays as it is (${reason}): commit it to Git, or set it back.`
    : `${decision[0]?.toUpperCase() ?? ""}${decision.slice(1)}: ${reason}.`;
}

function resolved({ key, reason }: Episode, about: Told): string {
  return `${formatKey(key)} is as Git declares again: ${reason} (GitRepository ${nameOf(about.id)}).`;
}

function withoutValues(episode: Episode): Episode {
  const edits = episode.edits.map(edit => ({
    ...edit,
    changes: edit.changes.map(({ path }) => ({ path })),
  }));
  return { ...episode, edits };
}

const LONGEST = 2_000;

/** One line in which nothing calls a whole room or hides where a link goes: whoever edits an object chose some of it. */
function calm(sentence: string): string {
  const line = sentence
    .replace(/\s+/g, " ")
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replace(/@(?=all|channel|here|everyone)/gi, "@\u200b");
  return cut(line, LONGEST);
}
