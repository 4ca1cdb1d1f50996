/** Three kinds of tests: pure ones, ones against real servers, and ones against both running Pepr processes. */
import { defineConfig } from "vitest/config";

const realServers = ["adapters", "local", "contracts"].map(name => `test/${name}/**/*.test.ts`);
const endToEnd = ["test/e2e/**/*.test.ts"];

/**
 * Files of test/e2e that may run beside each other: they look at their own namespaces only. Whatever stops, freezes or
 * configures what all share, counts more than its own, or must not be disturbed is not among them: it runs alone.
 */
const besideOthers = [
  "autoscaling",
  "break-glass",
  "break-glass-race",
  "break-glass-values",
  "calm",
  "calm-defaults",
  "completeness",
  "command-diff",
  "conflicts",
  "credentials",
  "deletion",
  "detection",
  "evidence",
  "evidence-copies",
  "evidence-deletions",
  "evidence-forged",
  "evidence-records",
  "evidence-scaling",
  "evidence-suspension",
  "evidence-warnings",
  "evidence-whose",
  "events",
  "failure",
  "fights",
  "grace",
  "hard-definitions",
  "hard-objects",
  "hard-refusals",
  "healing",
  "idle",
  "life-cycle",
  "location",
  "namespaces",
  "order",
  "ownership",
  "parity",
  "policies",
  "prune",
  "status",
  "suspend",
  "webhooks",
].map(name => `test/e2e/${name}.test.ts`);

const runningPair = {
  globalSetup: ["test/support/start-control-plane.ts", "test/support/start-nopea.ts"],
  testTimeout: 240_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    coverage: { include: ["src/**", "capabilities/**"], exclude: ["src/local/**"] },
    // one group after the other
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...realServers, ...endToEnd],
          // nothing of what is tested here has a state of its own: what is imported once serves all files
          isolate: false,
          maxWorkers: 2,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "adapters",
          include: realServers,
          globalSetup: ["test/support/start-control-plane.ts"],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // a second, which is the default, is little where two files and their servers share two cores
          expect: { poll: { timeout: 10_000 } },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...runningPair,
          name: "e2e-beside",
          include: besideOthers,
          // both files and the concurrent tests of each mostly wait
          maxWorkers: 2,
          maxConcurrency: 8,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...runningPair,
          name: "e2e",
          include: endToEnd,
          exclude: besideOthers,
          fileParallelism: false,
          maxConcurrency: 12,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
