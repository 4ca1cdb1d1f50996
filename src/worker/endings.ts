/** How an attempt ends that does not reach its report. */
import { NopeaError } from "../model/errors";
import type { Fault } from "../model/verdict";

/** The spec has changed: another attempt begins at once. */
export class Superseded extends Error {}

/** The repository is gone, or the process ends. */
export class Stopped extends Error {}

/** What to tell of an error; undefined where the attempt ended early without being a failure. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Superseded || error instanceof Stopped) return undefined;
  return error instanceof NopeaError
    ? { code: error.code, message: error.message }
    : { code: "internal", message: String(error) };
}
