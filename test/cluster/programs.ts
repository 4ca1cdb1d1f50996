/** Programs that the run uses as a user would: their output, or an error with the end of it. */
import { spawn } from "node:child_process";
import { projectRoot } from "../../src/local/paths";

/** Standard output and error together, when it ends with 0. */
export function run(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (data: string) => (output += data));
    }
    child.once("error", reject);
    child.once("close", code => {
      if (code === 0) resolve(output);
      else
        reject(new Error(`${command} ${args.join(" ")}: ${String(code)}\n${output.slice(-4000)}`));
    });
  });
}

export const kubectl = (...args: readonly string[]) => run("kubectl", ...args);

/** The `nopea` command as it was built. */
export const nopea = (...args: readonly string[]) =>
  run(process.execPath, "dist/nopea-cli.js", "--no-color", ...args);
