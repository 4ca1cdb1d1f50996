/** The start of a process, while there is no API server. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { projectRoot } from "../../src/local/paths";

const script = `
  const { untilDone } = require("./src/process/until-done.ts");
  const log = { info: fields => console.log("done:", fields.what), warn: () => console.log("waits") };
  let tries = 0;
  const work = async () => { if (++tries === 1) throw new Error("no API server"); };
  void untilDone({ log, life: new AbortController().signal }, "settings read", work);
`;

test(
  "nothing else keeps the process alive: it lives until it is done",
  { timeout: 60_000 },
  async () => {
    const tsx = join(projectRoot, "node_modules", "tsx", "dist", "cli.mjs");
    const options = { cwd: projectRoot, timeout: 50_000 };
    const { stdout } = await promisify(execFile)(process.execPath, [tsx, "-e", script], options);
    expect(stdout.trim().split("\n")).toEqual(["waits", "done: settings read"]);
  },
);
