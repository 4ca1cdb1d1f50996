/** A pulse that nobody feels. */
import type { Pulse } from "../../src/ports";

export const STILL: Pulse = { begin: () => () => undefined };
