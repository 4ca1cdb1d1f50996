/** `npm test`: dependencies if they are missing, then Vitest with the arguments, then one line of counts. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDependencies, requireNode, root } from "../src/local/prepare.mjs";

requireNode();
installDependencies();
const directory = mkdtempSync(join(tmpdir(), "nopea-test-"));
const results = join(directory, "results.json");
const code = await runVitest(results);
console.log(counts(results, code));
rmSync(directory, { recursive: true, force: true });
process.exitCode = code;

function runVitest(outputFile) {
  const vitest = spawn(
    process.execPath,
    [
      join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${outputFile}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: "inherit" },
  );
  // Ctrl-C reaches Vitest by itself; it stops what it started and then ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => vitest.kill("SIGTERM"));
  return new Promise(resolve => vitest.once("close", status => resolve(status ?? 1)));
}

function counts(file, status) {
  const { passed, failed, skipped } = read(file);
  const failures = status !== 0 && failed === 0 ? 1 : failed;
  const tail = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${passed} passed, ${failures} failed${tail}`;
}

/** A file that can't be loaded has no tests to fail: it counts as one. */
function read(file) {
  try {
    const json = JSON.parse(readFileSync(file, "utf8"));
    const broken = json.testResults.filter(
      result =>
        result.status === "failed" && result.assertionResults.every(one => one.status !== "failed"),
    );
    return {
      passed: json.numPassedTests,
      failed: json.numFailedTests + broken.length,
      skipped: json.numPendingTests + json.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
