/** The answer to "what is there?". */
import type { Sighting } from "./live";
import type { Fault } from "./verdict";

export type NamespaceState = "active" | "terminating" | "missing";

/** Objects by formatKey, namespaces by name. What is not listed does not exist, unless its kind is unavailable. */
export interface Observation {
  readonly objects: ReadonlyMap<string, Sighting>;
  readonly namespaces: ReadonlyMap<string, NamespaceState>;
  /** By kindId: kinds that could not be looked at, and why. */
  readonly unavailable: ReadonlyMap<string, Fault>;
}
