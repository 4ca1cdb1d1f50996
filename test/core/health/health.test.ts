/** What /health and /ready answer. */
import { describe, expect, test } from "vitest";
import { healthAnswer } from "../../../src/core/health/health";
import { readinessAnswer, type Watching } from "../../../src/core/health/readiness";

const NOW = 1_000_000;
const work = (loop: "git" | "healing" | "status" | "records", seconds: number) => ({
  ...{ loop, repository: "shop/my-app" },
  ...{ since: NOW - seconds * 1000, limitMs: 90_000 },
});
const idle = { ok: true, busy: 0, stuck: 0 };

describe("/health", () => {
  test("nothing is under way, or not for longer than it may: healthy", () => {
    const checks = { git: idle, healing: idle, status: idle, records: idle };
    expect(healthAnswer([], NOW)).toEqual({ status: 200, body: { status: "healthy", checks } });
    const busy = { ok: true, busy: 1, stuck: 0 };
    expect(healthAnswer([work("git", 90)], NOW)).toEqual({
      status: 200,
      body: { status: "healthy", checks: { ...checks, git: busy } },
    });
  });

  test("a loop that is stuck: 503, and which; repositories are not named", () => {
    const { status, body } = healthAnswer([work("git", 10), work("healing", 91)], NOW);
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: "unhealthy",
      checks: { git: { ok: true, busy: 1 }, healing: { ok: false, busy: 1, stuck: 1 } },
    });
    expect(JSON.stringify(body)).not.toContain("my-app");
  });
});

describe("/ready", () => {
  const good: Watching = {
    ...{ listedAt: NOW - 1, lostAt: undefined, answeredAt: NOW - 1, repositories: 3 },
  };

  test("followed: ready, and how many there are", () => {
    expect(readinessAnswer(good, NOW)).toEqual({
      status: 200,
      body: { ready: true, watching: true, repos: 3 },
    });
  });

  test.each<[string, Partial<Watching>, RegExp | undefined]>([
    ["never listed", { listedAt: undefined }, /not listed yet/],
    ["lost for 30 s", { lostAt: NOW - 30_000 }, undefined],
    ["lost for longer", { lostAt: NOW - 31_500 }, /is lost for 31 s/],
    ["no answer for 75 s", { answeredAt: NOW - 75_000 }, undefined],
    ["no answer for longer", { answeredAt: NOW - 80_000 }, /has not answered for 80 s/],
    ["nothing was asked yet", { answeredAt: undefined }, undefined],
  ])("%s", (_, change, reason) => {
    const { status, body } = readinessAnswer({ ...good, ...change }, NOW);
    expect(status).toBe(reason === undefined ? 200 : 503);
    if (reason !== undefined) expect(body).toMatchObject({ ready: false, watching: false });
    expect(JSON.stringify(body.reason ?? "none")).toMatch(reason ?? /none/);
  });
});
