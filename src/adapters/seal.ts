/** Signs what the admission hook writes, with a key that both processes know. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Sealer {
  /** Hex HMAC-SHA256; undefined: there is no key yet. */
  readonly seal: (text: string) => string | undefined;
  readonly verify: (text: string, signature: string) => boolean;
}

/** `key` is asked each time: it may be made, or read, later. */
export function createSealer(key: () => string | undefined): Sealer {
  const seal = (text: string) => {
    const secret = key();
    return secret === undefined || secret === ""
      ? undefined
      : createHmac("sha256", secret).update(text).digest("hex");
  };
  return {
    seal,
    verify(text, signature) {
      const expected = Buffer.from(seal(text) ?? "");
      const given = Buffer.from(signature);
      const fits = expected.length > 0 && expected.length === given.length;
      return fits && timingSafeEqual(expected, given);
    },
  };
}
