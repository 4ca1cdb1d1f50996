/** A budget of bytes that one fetch may transfer, over all of its requests. */
import { NopeaError } from "../../model/errors";

export interface Meter {
  /** Takes bytes off the budget; throws once it is used up. */
  count(bytes: number): void;
  /** Bytes that were counted. */
  seen(): number;
}

/** Makes the budget of one call. */
export function createMeter(maxBytes: number): Meter {
  let seen = 0;
  return {
    seen: () => seen,
    count: bytes => {
      seen += bytes;
      if (seen > maxBytes) throw tooLarge(maxBytes);
    },
  };
}

/** The error for what is more than so many bytes on the wire. */
export function tooLarge(maxBytes: number): NopeaError {
  return new NopeaError(
    "git-too-large",
    `more than ${mebibytes(maxBytes)} would have to be transferred`,
  );
}

/** `64 MiB`, for messages. */
export function mebibytes(bytes: number): string {
  const size = bytes / 2 ** 20;
  return size >= 1 ? `${Math.round(size * 10) / 10} MiB` : `${bytes} bytes`;
}
