/** Names of DriftRecords and ids of edits: ULIDs that follow from what they are of, so that a crash makes no duplicate. */
import type { Sha256 } from "../../model/ownership";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
/** What the 48 bits of a ULID's time hold. */
const LATEST = 2 ** 48 - 1;

/** The name of the record of an object's episode; `since` in milliseconds. */
export function recordName(uid: string, since: number, sha256: Sha256): string {
  return ulid(since, `${uid}/${since}`, sha256);
}

/** Another than the record's own; `what` tells edits of one object in the same millisecond apart (a resourceVersion, say). */
export function editId(uid: string, at: number, what: string, sha256: Sha256): string {
  return ulid(at, `${uid}/${at}/${what}`, sha256);
}

/** 26 lower-case digits of Crockford's base 32: 10 of the time, 16 of the hash. */
function ulid(time: number, text: string, sha256: Sha256): string {
  const hash = sha256(text);
  const random = [0, 5, 10, 15].map(at => base32(parseInt(hash.slice(at, at + 5), 16), 4));
  const whole = Math.min(Math.max(Math.floor(time), 0), LATEST);
  return base32(whole, 10) + random.join("");
}

function base32(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = DIGITS.charAt(rest % 32) + text;
  }
  return text;
}
