/** What `npm start` tells of a GitRepository, and how it reads its command line. */
import { expect, test } from "vitest";
import { accountOf, type SeenRepository, type Told } from "../../src/local/account";
import { readArguments } from "../../src/local/arguments";
import type { RepositoryStatus } from "../../src/model/git-repository";

const created = Date.parse("2026-01-15T10:30:00Z");

function repository(status: RepositoryStatus): SeenRepository {
  return {
    apiVersion: "nopea.false.systems/v1alpha1",
    kind: "GitRepository",
    metadata: { name: "demo", creationTimestamp: "2026-01-15T10:30:00Z" },
    status,
  };
}

function failure(message: string): RepositoryStatus {
  const condition = { type: "Ready", status: "False", reason: "BranchNotFound", message } as const;
  const more = { lastTransitionTime: "2026-01-15T10:30:00Z", observedGeneration: 1 };
  return { phase: "Failed", conditions: [{ ...condition, ...more }] };
}

/** Plays versions of the status, half a second apart, and returns all lines. */
function tell(...statuses: readonly RepositoryStatus[]): string[] {
  let told: Told | undefined;
  return statuses.flatMap((status, index) => {
    const account = accountOf(told, repository(status), created + index * 500);
    told = account.told;
    return account.lines;
  });
}

const synced = {
  phase: "Synced",
  lastSyncedCommit: "8f3c0000aaaa",
  resources: { total: 2, kinds: ["v1/Service", "apps/v1/Deployment"], orphanCount: 0, orphans: [] },
} as const;

test("a first sync: timed from the creation, with its objects", () => {
  expect(tell({}, { phase: "Syncing" }, synced)).toEqual([
    "Initializing",
    "Syncing",
    "Synced    commit 8f3c0000, 2 objects (Deployment, Service), in 1.00 s",
  ]);
});

test("a next commit: timed from when its sync began", () => {
  const next = { ...synced, lastSyncedCommit: "11112222" };
  const lines = tell({}, synced, { ...synced, phase: "Syncing" }, next);
  expect(lines.at(-1)).toBe(
    "Synced    commit 11112222, 2 objects (Deployment, Service), in 0.50 s",
  );
});

test("the same status again: nothing to tell", () => {
  expect(tell(synced, synced, synced)).toHaveLength(1);
});

test("a failure: told once with its reason, and again when the reason changes", () => {
  const lines = tell(failure("no branch x"), failure("no branch x"), failure("no branch y"));
  expect(lines).toEqual([
    "Failed    BranchNotFound: no branch x",
    "Failed    BranchNotFound: no branch y",
  ]);
});

test("no arguments: the demo", () => {
  const { options } = readArguments([]) as Extract<
    ReturnType<typeof readArguments>,
    { want: "start" }
  >;
  expect(options).toMatchObject({ branch: "main", path: "deploy", namespace: "demo" });
  expect(options.url).toBeUndefined();
});

test("a repository of the user's: its path defaults to the root", () => {
  const parsed = readArguments(["--url", "https://example.org/a.git", "--branch", "next"]);
  expect(parsed).toMatchObject({
    want: "start",
    options: { url: "https://example.org/a.git", branch: "next", path: "" },
  });
});

test("an unknown argument, a path without a repository: what is wrong is named", () => {
  expect(readArguments(["--uri", "x"])).toMatchObject({ want: "mend" });
  expect(readArguments(["--path", "x"])).toMatchObject({
    problem: expect.stringContaining("--path needs --url") as string,
  });
});
