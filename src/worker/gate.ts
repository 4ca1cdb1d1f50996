/** What every write of a managed object passes: evidence is stamped on it, and whoever writes is told what becomes of it. */
import { admit } from "../core/evidence/admit";
import type { Knowing } from "../core/evidence/knowing";
import { parseRequest } from "../core/evidence/parse-request";
import type { Admission } from "../model/admission";
import type { Sha256 } from "../model/ownership";
import type { Clock, HookDecision } from "../ports";

/** Of writes that can carry evidence; see witness.ts for the others. */
export interface Gate {
  /** Decides on a request as the API server sends it. Never throws, and asks nobody. */
  mutate(request: unknown): void;
  /** What was decided on the request of this uid, once; undefined: it was not asked about. */
  take(uid: string): Admission | undefined;
}

export interface GateOptions extends Pick<Knowing, "seal" | "repositoryOf" | "openFields"> {
  readonly clock: Pick<Clock, "now" | "rfc3339">;
  readonly sha256: Sha256;
  readonly showValues: () => Knowing["showValues"];
  /** Told what was done about each request that was seen, and how many seconds that took. */
  readonly decided: (decision: HookDecision, seconds: number) => void;
  /** Starts to measure; the function tells the seconds since. */
  readonly stopwatch: () => () => number;
  /** A hook broke: a bug, and the request passes as if nobody had looked. */
  readonly failed: (hook: "mutate", error: unknown) => void;
}

/** Answers that nobody takes are dropped, oldest first. */
const MOST_WAITING = 1000;
const PASS: Admission = { patch: [], warnings: [] };

/** Nothing of it ever refuses a request. */
export function createGate(options: GateOptions): Gate {
  const { clock, sha256, seal, showValues, repositoryOf, openFields } = options;
  const { decided, stopwatch, failed } = options;
  const waiting = new Map<string, Admission>();

  function decide(raw: unknown): void {
    const seconds = stopwatch();
    const request = parseRequest(raw);
    if (request === undefined) return;
    const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);
    waiting.set(request.uid, PASS);
    const [oldest] = waiting.keys();
    if (waiting.size > MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
    const asked = { now: clock.now(), sha256, showValues: showValues(), rfc3339 };
    const admission = admit(request, { ...asked, seal, repositoryOf, openFields });
    waiting.set(request.uid, admission);
    decided(decisionOf(admission), seconds());
  }

  return {
    mutate(raw) {
      try {
        decide(raw);
      } catch (error) {
        failed("mutate", error);
      }
    },
    take(uid) {
      const admission = waiting.get(uid);
      waiting.delete(uid);
      return admission;
    },
  };
}

function decisionOf({ patch, warnings }: Admission): HookDecision {
  if (patch.length > 0) return "changed";
  return warnings.length > 0 ? "warned" : "passed";
}
