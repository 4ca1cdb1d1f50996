/** What kubectl prints to whoever deletes what a GitRepository declares. */
import type { AdmissionRequest } from "../../model/admission";
import { formatDuration } from "../../model/duration";
import { wholeSeconds } from "./companions";
import type { Knowing, Managing } from "./knowing";
import { cut } from "./text-length";

/** One or two lines, each short enough for an API server. */
export function deletionWarnings(
  { kind, name }: AdmissionRequest,
  managing: Managing,
  knowing: Pick<Knowing, "now" | "rfc3339">,
): readonly string[] {
  const repository = cut(`${managing.namespace}/${managing.name}`, 64);
  const what = `${kind.kind} ${cut(name, 64)} is declared by GitRepository ${repository}`;
  const fate = fateOf(managing, knowing);
  return fate.isUndone
    ? [`${what}: ${fate.what}.`, "To have it gone for good, remove it from Git."]
    : [`${what}: ${fate.what}.`];
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
