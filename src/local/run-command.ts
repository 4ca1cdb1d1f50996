/** A command of the project, run to its end with its output where the caller's goes. */
import { spawn } from "node:child_process";
import { projectRoot } from "./paths";

/** Fails where the command is missing or ends with anything but 0; `env` is added to the caller's. */
export function runCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: projectRoot,
      stdio: "inherit",
      env: { ...process.env, ...env },
    } as const;
    const child = spawn(command, args, options);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal ?? "?"}`));
    });
  });
}
