/** Checks what a webhook brings to prove that its sender knows the secret, in a time that tells nothing. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Proof } from "../model/webhook";

/** Every secret is tried, also after one that fits. */
export function verify(proof: Proof, body: Uint8Array, secrets: readonly string[]): boolean {
  const fits = secrets.map(secret => isMadeWith(secret, proof, body));
  return fits.includes(true);
}

function isMadeWith(secret: string, proof: Proof, body: Uint8Array): boolean {
  switch (proof.scheme) {
    case "hmac": {
      const expected = createHmac("sha256", secret).update(body).digest("hex");
      return areEqual(Buffer.from(expected), Buffer.from(proof.hex.toLowerCase()));
    }
    case "token":
      // headers reach us as one character a byte, whatever their encoding
      return areEqual(Buffer.from(secret), Buffer.from(proof.token, "latin1"));
  }
}

/** Digests are compared, since only what has one length can be compared in one time. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
