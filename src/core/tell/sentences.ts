/** What happened to an object, in sentences for people: who changed what, and what becomes of it. */
import { HIDDEN } from "../../model/drift";
import { formatDuration } from "../../model/duration";
import type { Change, Edit, Episode } from "../../model/episode";
import { cut } from "../evidence/text-length";

/** `larry changed spec.replicas from 2 to 5, and 1 more field, which Git changed too`; the object itself is not named. */
export function editSentence(episode: Episode): string {
  const conflict = episode.class === "conflict" ? ", which Git changed too" : "";
  return `${lastEdit(episode)}${conflict}`;
}

function lastEdit({ edits, fields }: Episode): string {
  const edit = edits.at(-1);
  const who = whoOf(edit);
  switch (edit?.verb) {
    case "DELETE":
      return `${who} deleted it`;
    case "CREATE":
      return `${who} made it anew`;
    case "SCALE":
    case "UPDATE":
    case undefined:
      return `${who} ${changesSentence(edit?.changes ?? [], fields)}`;
  }
}

/** A name, or what is known instead of one. */
export function whoOf(edit: Edit | undefined): string {
  if (edit === undefined) return "somebody";
  const { by, manager } = edit;
  if (by !== "unknown") return by;
  return manager === undefined ? "somebody" : `somebody (with ${manager})`;
}

function changesSentence(changes: readonly Change[], fields: readonly string[]): string {
  const [first, ...others] = changes;
  if (first === undefined) return `changed ${fields[0] ?? "it"}${more(fields.length - 1)}`;
  return `${changeSentence(first)}${more(others.length)}`;
}

function more(count: number): string {
  if (count <= 0) return "";
  return `, and ${count} more field${count === 1 ? "" : "s"}`;
}

function changeSentence({ path, from, to }: Change): string {
  if (to === undefined && from !== undefined) return `removed ${path}${was(from)}`;
  if (to === undefined || to === HIDDEN) return `changed ${path}`;
  return from === undefined || from === HIDDEN
    ? `set ${path} to ${inLine(to)}`
    : `changed ${path} from ${inLine(from)} to ${inLine(to)}`;
}

function was(from: string): string {
  return from === HIDDEN ? "" : `, which was ${inLine(from)}`;
}

const LONGEST_VALUE = 200;

/** Whole documents are values too. */
function inLine(value: string): string {
  return cut(value.replace(/\s+/g, " "), LONGEST_VALUE);
}

/** What becomes of an open episode's edit, as it looks at `now`. */
export function fateSentence({ decision, until, reason }: Episode, now: number): string {
  switch (decision) {
    case "waiting":
      return until === undefined || until <= now
        ? "heals at once"
        : `heals in ${remaining(until - now)} unless nopea.io/suspend-heal is set`;
    case "suspended":
    case "left":
      return `stays: ${reason}`;
    case "failed":
      return `not healed: ${reason}`;
    case "healed":
    case "committed":
    case "undone":
      return reason;
  }
}

function remaining(milliseconds: number): string {
  return formatDuration(Math.max(1, Math.floor(milliseconds / 1000)) * 1000);
}
