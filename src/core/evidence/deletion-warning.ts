/** What kubectl prints to whoever deletes what a GitRepository declares. */
import { formatDuration } from "../../model/duration";
import { wholeSeconds } from "./companions";
import type { Knowing, Managing } from "./knowing";
import { cut, LONGEST_LINE } from "./text-length";

export interface Deleted {
  readonly kind: string;
  readonly name: string;
}

/** One or two lines, each short enough for an API server. */
export function deletionWarnings(
  { kind, name }: Deleted,
  managing: Managing,
  knowing: Pick<Knowing, "now" | "rfc3339">,
): readonly string[] {
  const repository = cut(`${managing.namespace}/${managing.name}`, 64);
  const what = `${cut(kind, 64)} ${cut(name, 64)} is declared by GitRepository ${repository}`;
  const fate = fateOf(managing, knowing);
  const line = cut(`${what}: ${fate.what}.`, LONGEST_LINE);
  return fate.isUndone ? [line, "To have it gone for good, remove it from Git."] : [line];
}

/** A suspension goes with the object that it is set on. */
function fateOf(
  { suspended, healPolicy, graceMs = 0 }: Managing,
  { now, rfc3339 }: Pick<Knowing, "now" | "rfc3339">,
) {
  if (suspended) return { what: "it is suspended, nothing is made anew until it is resumed" };
  if (healPolicy !== "auto") {
    return { what: `it stays deleted and is reported (healPolicy ${healPolicy})` };
  }
  const at = rfc3339(wholeSeconds(now + graceMs));
  const when = graceMs === 0 ? "at once" : `in ${formatDuration(graceMs)}, at ${at}`;
  return { what: `it will be made anew ${when}`, isUndone: true };
}
