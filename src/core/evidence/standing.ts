/** What the stored object's evidence is worth: what has no valid seal counts as absent. */
import { ANNOTATION_MANUAL_EDIT } from "../../model/annotations";
import type { Edit } from "../../model/episode";
import { isHooks, pick, type Texts } from "./own-names";
import { hasHooks, isSealed, sealedText, type Seal } from "./seal";
import { readStamp } from "./stamp";

export interface Standing {
  /** What the hook wrote and still holds, its seal among it. */
  readonly hooks: Texts;
  /** Told by a sealed stamp. */
  readonly edits: readonly Edit[];
}

/** `annotations` are the stored object's. Without a key nobody can tell: then they stay as they are, and tell nothing. */
export function standingOf(uid: string, annotations: Texts, seal: Seal): Standing {
  if (!hasHooks(annotations)) return { hooks: {}, edits: [] };
  const hooks = pick(annotations, isHooks);
  const expected = seal(sealedText(uid, annotations));
  if (expected === undefined) return { hooks, edits: [] };
  return isSealed(uid, annotations, (_, signature) => signature === expected)
    ? { hooks, edits: readStamp(annotations[ANNOTATION_MANUAL_EDIT]) }
    : { hooks: {}, edits: [] };
}
