/** What a reader of YAML or JSON text hands on: values, where they stand, and what is wrong. Offsets count UTF-16 units of the whole file. */
import type { Json } from "../../model/json";

/** Something wrong in the text; the message never quotes it, since it may be a Secret's. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** The value of one document. */
export interface Root {
  readonly value: Json;
  readonly offset: number;
}

export interface Reading {
  readonly roots: readonly Root[];
  /** Where maps near the root begin: enough for the items of Lists. */
  readonly offsets: ReadonlyMap<object, number>;
  readonly faults: readonly Fault[];
}

/** Sets a member as JSON.parse does: `__proto__` is a key like any other. */
export function setMember(target: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}
