/** Whether the process works: no loop is stuck, and whatever changes in the cluster is heard of. */
import type { Work } from "../../model/health";
import type { HttpAnswer } from "../../model/http";

/** The loops, as they are named in the answer. */
const LOOPS = ["git", "healing", "status", "records"] as const;

/** 200, or 503 where a loop has worked on one thing for longer than that can take. */
export function healthAnswer(works: readonly Work[], now: number): HttpAnswer {
  const checks = LOOPS.map(loop => {
    const own = works.filter(work => work.loop === loop);
    const stuck = own.filter(work => isStuck(work, now)).length;
    return [loop, { ok: stuck === 0, busy: own.length, stuck }] as const;
  });
  const isHealthy = checks.every(([, { ok }]) => ok);
  const body = {
    status: isHealthy ? "healthy" : "unhealthy",
    checks: Object.fromEntries(checks),
  };
  return { status: isHealthy ? 200 : 503, body };
}

/** True for what cannot take so long: nobody waits for it any more, or nothing would end it. */
export function isStuck({ since, limitMs }: Work, now: number): boolean {
  return now - since > limitMs;
}
