/** The proof that the admission hook wrote an object's evidence: a signature over the object's uid and every name of it. */
import { ANNOTATION_SEAL } from "../../model/annotations";
import { toJson, type Json } from "../../model/json";
import { isHooks, pick, SEALED, type Texts } from "./own-names";

/** Signs a text; undefined: no key is known yet. */
export type Seal = (text: string) => string | undefined;

/** True for the signature of this text. */
export type Verify = (text: string, signature: string) => boolean;

/** The same names sealed; none of them where no key is known: what cannot be proven is not told. */
export function withSeal(uid: string, hooks: Texts, seal: Seal): Texts {
  const bare = pick(hooks, name => name !== ANNOTATION_SEAL);
  if (Object.keys(bare).length === 0 || uid === "") return {};
  const signature = seal(sealedText(uid, bare));
  return signature === undefined ? {} : { ...bare, [ANNOTATION_SEAL]: signature };
}

/** True where the annotations carry the seal of exactly what the hook wrote on this very object. */
export function isSealed(uid: string, annotations: Texts, verify: Verify): boolean {
  const signature = annotations[ANNOTATION_SEAL];
  return signature !== undefined && uid !== "" && verify(sealedText(uid, annotations), signature);
}

/** True where there is something that only the hook writes. */
export function hasHooks(annotations: Texts): boolean {
  return Object.keys(annotations).some(isHooks);
}

/** A list in JSON: no two different objects have the same. The first word keeps it from being a text of another use. */
export function sealedText(uid: string, annotations: Texts): string {
  const names = SEALED.map((name): Json => [name, annotations[name] ?? null]);
  return toJson(["nopea.io/seal", uid, ...names]);
}
