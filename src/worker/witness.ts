/** Sees deletions and scalings of managed objects before they happen, and leaves word of them for whoever watches. */
import { deletionWarnings } from "../core/evidence/deletion-warning";
import type { Knowing } from "../core/evidence/knowing";
import { ownNamesOf } from "../core/evidence/own-names";
import { parseRequest } from "../core/evidence/parse-request";
import { deedOf, nameOf, testify, type Witnessed } from "../core/evidence/testify";
import { warningsOf } from "../core/evidence/warning";
import type { AdmissionRequest } from "../model/admission";
import type { Sha256 } from "../model/ownership";
import type { Clock, HookDecision, Testimonies } from "../ports";
import type { Policies } from "./policies";

/** Resolves with warnings for whoever deletes or scales; never rejects, and never refuses. */
export type Witness = (request: unknown) => Promise<readonly string[]>;

export interface WitnessOptions {
  /** Undefined: there is no way to the API server yet. */
  readonly testimonies: () => Testimonies | undefined;
  readonly policies: Pick<Policies, "of">;
  readonly openFields: Knowing["openFields"];
  /** Aborted when whoever deletes or scales has waited long enough. */
  readonly patience: () => AbortSignal;
  readonly clock: Pick<Clock, "now" | "rfc3339">;
  readonly sha256: Sha256;
  readonly showValues: () => Knowing["showValues"];
  /** As in the gate. */
  readonly decided: (decision: HookDecision, seconds: number) => void;
  readonly stopwatch: () => () => number;
  /** The hook broke, or the API server did not take what it saw: the request passes all the same. */
  readonly failed: (hook: "witness", error: unknown) => void;
}

/** The word is left before the deed: who watches for both mostly hears of it first. */
export function createWitness(options: WitnessOptions): Witness {
  return async raw => {
    const seconds = options.stopwatch();
    try {
      const request = parseRequest(raw);
      const warnings = request && (await attend(options, request));
      options.decided(warnings === undefined ? "passed" : "recorded", seconds());
      return warnings ?? [];
    } catch (error) {
      options.failed("witness", error);
      return [];
    }
  };
}

/** Undefined: there was nothing to leave word of. */
async function attend(
  { testimonies: tell, policies, openFields, patience, clock, sha256, showValues }: WitnessOptions,
  request: AdmissionRequest,
): Promise<readonly string[] | undefined> {
  const deed = deedOf(request);
  const testimonies = tell();
  if (deed === undefined || testimonies === undefined) return undefined;
  const signal = patience();
  const target = deed === "DELETE" ? request.oldObject : await testimonies.target(request, signal);
  const known = target && policies.of(ownNamesOf(target).labels);
  if (target === undefined || known === undefined) return undefined;
  const { managing, id } = known;
  const knowing = {
    now: clock.now(),
    showValues: showValues(),
    rfc3339: (milliseconds: number) => clock.rfc3339(milliseconds),
    repositoryOf: () => managing,
    openFields,
  };
  const witnessed = { request, deed, target };
  const testimony = testify(witnessed, knowing, sha256);
  if (testimony === undefined) return undefined;
  await testimonies.write(id, testimony, signal);
  return warnings(witnessed, testimony.edit.changes, knowing);
}

function warnings(
  { request, deed, target }: Witnessed,
  changes: Parameters<typeof warningsOf>[0]["changes"],
  knowing: Parameters<typeof warningsOf>[1],
): readonly string[] {
  if (deed === "SCALE") {
    const names = ownNamesOf(target);
    return warningsOf({ request, names, notices: [], changes, since: undefined }, knowing);
  }
  const managing = knowing.repositoryOf({});
  const { name } = nameOf(target);
  const deleted = { kind: request.kind.kind, name };
  return managing === undefined ? [] : deletionWarnings(deleted, managing, knowing);
}
