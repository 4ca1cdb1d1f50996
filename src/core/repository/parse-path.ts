/** Brings spec.path into one form: `deploy`, `deploy/`, `./deploy` and `/deploy` are the same directory. */

/** The normalised path ("" for the root), or undefined when it would leave the repository. */
export function normalisePath(path: string): string | undefined {
  if (path.includes("\0") || path.includes("\\")) return undefined;
  const steps = path.split("/").filter(step => step !== "" && step !== ".");
  return steps.includes("..") ? undefined : steps.join("/");
}

/** True for a branch name that Git accepts (git-check-ref-format), so that a typo is told before it is fetched. */
export function isBranchName(branch: string): boolean {
  if (branch === "" || branch === "@" || branch.startsWith("-") || branch.endsWith("."))
    return false;

  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$/.test(branch)) return false;
  return branch.split("/").every(part => !part.startsWith(".") && !part.endsWith(".lock"));
}
