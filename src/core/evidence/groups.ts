/** What evidence tells of a user. */
import type { AdmissionUser } from "../../model/admission";

/** In nearly every write. */
const EVERYBODY = "system:authenticated";
const MOST_GROUPS = 10;

/** The first few of those that tell something. */
export function toldGroups({ groups }: AdmissionUser): readonly string[] {
  return groups.filter(group => group !== EVERYBODY).slice(0, MOST_GROUPS);
}

/** Whoever it is. */
export function toldName({ name }: AdmissionUser): string {
  return name === "" ? "unknown" : name;
}
