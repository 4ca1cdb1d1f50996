/** Whether GitRepositories are followed: what is committed, edited or declared counts only then. */
import type { HttpAnswer } from "../../model/http";

export interface Watching {
  /** Undefined: they were never listed. */
  readonly listedAt: number | undefined;
  /** Undefined: events arrive at once. */
  readonly lostAt: number | undefined;
  /** When the API server last answered anything: a connection to one that hangs looks alive. */
  readonly answeredAt: number | undefined;
  /** GitRepositories that there are. */
  readonly repositories: number;
}

/** A connection that comes back sooner was no loss. */
const LOST_MS = 30_000;
/** Settings are read every 30 s: two of them without an answer. */
const SILENT_MS = 75_000;

/** 200, or 503 with the reason. */
export function readinessAnswer(watching: Watching, now: number): HttpAnswer {
  const reason = reasonAgainst(watching, now);
  const { repositories } = watching;
  if (reason === undefined) {
    return { status: 200, body: { ready: true, watching: true, repos: repositories } };
  }
  return { status: 503, body: { ready: false, watching: false, repos: repositories, reason } };
}

function reasonAgainst(
  { listedAt, lostAt, answeredAt }: Watching,
  now: number,
): string | undefined {
  if (listedAt === undefined) return "GitRepositories were not listed yet";
  if (lostAt !== undefined && now - lostAt > LOST_MS) {
    return `the watch of GitRepositories is lost for ${seconds(now - lostAt)} s`;
  }
  if (answeredAt !== undefined && now - answeredAt > SILENT_MS) {
    return `the API server has not answered for ${seconds(now - answeredAt)} s`;
  }
  return undefined;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
