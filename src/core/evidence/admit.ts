/** The decision of the mutating admission hook: evidence of manual edits, and nopea's own names kept nopea's own. */
import type { Admission, AdmissionRequest } from "../../model/admission";
import { ANNOTATION_MANUAL_EDIT, ANNOTATION_SEAL } from "../../model/annotations";
import type { JsonObject } from "../../model/json";
import { uidOf } from "../drift/snapshot";
import type { Knowing } from "./knowing";
import { namesPatch, withNames } from "./names-patch";
import {
  isHooks,
  isSameTexts,
  ownNamesOf,
  pick,
  textsOf,
  type OwnNames,
  type Texts,
} from "./own-names";
import { sealedText, withSeal } from "./seal";
import { settle, type Settled, type Write } from "./settle";
import { standingOf, type Standing } from "./standing";
import { tellEdit, type Telling } from "./tell-edit";
import { bytesOf } from "./text-length";
import { warningsOf } from "./warning";
import { writerOf } from "./who";

const NOTHING: Admission = { patch: [], warnings: [] };

/** A pure function of the request and of what is known: it refuses nothing and asks nobody. */
export function admit(request: AdmissionRequest, knowing: Knowing): Admission {
  const { object, oldObject, operation, subresource } = request;
  const isCreated = operation === "CREATE";
  if (subresource !== "" || object === undefined) return NOTHING;
  if (!isCreated && (operation !== "UPDATE" || oldObject === undefined)) return NOTHING;
  return decide({ request, object, before: isCreated ? undefined : oldObject }, knowing);
}

interface Written {
  readonly request: AdmissionRequest;
  readonly object: JsonObject;
  /** Undefined: it is created. */
  readonly before: JsonObject | undefined;
}

function decide(written: Written, knowing: Knowing): Admission {
  const { request, object } = written;
  const write = writeOf(written, knowing);
  const settled = settle(write);
  const telling = tell(written, { settled, write }, knowing);
  const names = namesAfter(written, { settled, write, telling }, knowing);
  const patch = namesPatch(object, names);
  if (write.writer !== "somebody") return { patch, warnings: [] };
  const since = write.standing.edits[0]?.at;
  const { notices } = settled;
  const { changes } = telling;
  return { patch, warnings: warningsOf({ request, names, notices, changes, since }, knowing) };
}

function writeOf({ request, object, before }: Written, knowing: Knowing): Write {
  const { user, dryRun } = request;
  const { account, now, rfc3339, seal } = knowing;
  const stored = ownNamesOf(before);
  return {
    writer: writerOf(user, account),
    by: user.name,
    dryRun,
    now,
    rfc3339,
    stored,
    asked: ownNamesOf(object),
    standing: standingOf(uidOf(before ?? {}), stored.annotations, seal),
  };
}

interface Decided {
  readonly settled: Settled;
  readonly write: Write;
}

/** What is put back is no change, and neither is what the hook itself writes. */
function tell(
  { request, object, before }: Written,
  { settled, write }: Decided,
  knowing: Knowing,
): Telling {
  if (!settled.isWatched || before === undefined) return { changes: [] };
  const { edits } = write.standing;
  // what is told already was proven with the key
  const hasKey = edits.length > 0 || knowing.seal(sealedText(uidOf(before), {})) !== undefined;
  const leavesEvidence = write.writer === "somebody" && !write.dryRun && hasKey;
  const after = withNames(object, settled.names);
  return tellEdit({ request, before, after, edits, leavesEvidence }, knowing);
}

function namesAfter(
  { object, before }: Written,
  { settled, write, telling: { stamp } }: Decided & { readonly telling: Telling },
  { seal }: Knowing,
): OwnNames {
  const { labels, annotations } = settled.names;
  const uid = uidOf(before ?? {});
  const kept = stamp === undefined ? settled.hooks : without(settled.hooks, ANNOTATION_MANUAL_EDIT);
  const stamped = stamp ? { ...kept, [ANNOTATION_MANUAL_EDIT]: stamp } : kept;
  const sealed = sealedOr(uid, stamped, write.standing, seal);
  const all = { ...pick(textsOf(object, "annotations"), name => !isHooks(name)), ...sealed };
  const hooks =
    stamp && bytesOfTexts(all) > MOST_ANNOTATIONS
      ? sealedOr(uid, kept, write.standing, seal)
      : sealed;
  return { labels, annotations: { ...annotations, ...hooks } };
}

/** An API server takes 256 KiB: whoever edits needs what is left. */
const MOST_ANNOTATIONS = 200 * 1024;

/** What is as it was keeps its seal. */
function sealedOr(uid: string, hooks: Texts, { hooks: before }: Standing, seal: Knowing["seal"]) {
  return isSameTexts(hooks, without(before, ANNOTATION_SEAL)) ? before : withSeal(uid, hooks, seal);
}

function without(texts: Texts, name: string): Texts {
  return pick(texts, other => other !== name);
}

function bytesOfTexts(texts: Texts): number {
  return Object.entries(texts).reduce((sum, [name, text]) => sum + bytesOf(name + text), 0);
}
