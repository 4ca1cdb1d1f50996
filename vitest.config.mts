/** Three kinds of tests: pure ones, ones against real servers, and ones against both running Pepr processes. */
import { defineConfig } from "vitest/config";

const realServers = ["adapters", "local", "contracts"].map(name => `test/${name}/**/*.test.ts`);
const endToEnd = ["test/e2e/**/*.test.ts"];

export default defineConfig({
  test: {
    coverage: { include: ["src/**", "capabilities/**"], exclude: ["src/local/**"] },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...realServers, ...endToEnd],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "adapters",
          include: realServers,
          globalSetup: ["test/support/start-control-plane.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e",
          include: endToEnd,
          globalSetup: ["test/support/start-control-plane.ts", "test/support/start-nopea.ts"],
          fileParallelism: false,
          // concurrent tests of a file mostly wait
          maxConcurrency: 12,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
