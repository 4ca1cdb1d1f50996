/** What a live object tells of who edited it and who suspended it: only what the admission hook has sealed. */
import { ANNOTATION_MANUAL_EDIT } from "../../model/annotations";
import type { Edit } from "../../model/episode";
import type { JsonObject } from "../../model/json";
import { uidOf } from "../drift/snapshot";
import { readCompanions, type Companions } from "./companions";
import { ownNamesOf } from "./own-names";
import { hasHooks, isSealed, type Verify } from "./seal";
import { readStamp } from "./stamp";

export interface Evidence {
  /** Oldest first. */
  readonly edits: readonly Edit[];
  /** Undefined: nobody is known to have set what `nopea.io/suspend-heal` says now. */
  readonly suspension: Companions | undefined;
  /** True where the object carries what only the hook writes, and the hook did not write it. */
  readonly unsealed: boolean;
}

/** Of an object as a watch shows it. */
export function readEvidence(object: JsonObject, verify: Verify): Evidence {
  const { annotations } = ownNamesOf(object);
  if (!hasHooks(annotations)) return { edits: [], suspension: undefined, unsealed: false };
  if (!isSealed(uidOf(object), annotations, verify)) {
    return { edits: [], suspension: undefined, unsealed: true };
  }
  return {
    edits: readStamp(annotations[ANNOTATION_MANUAL_EDIT]),
    suspension: readCompanions(annotations),
    unsealed: false,
  };
}
