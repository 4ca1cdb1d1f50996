/** A command of the project, run to its end with its output where the caller's goes. */
import { spawn } from "node:child_process";
import { projectRoot } from "./paths";

/** Fails where the command is missing or ends with anything but 0. */
export function runCommand(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal ?? "?"}`));
    });
  });
}
