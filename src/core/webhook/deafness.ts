/** Why a GitRepository has nothing to do with a push. */
import type { ParsedSpec } from "../../model/git-repository";

/** A reason, or undefined: it looks at Git now. */
export function deafness(parsed: ParsedSpec, branch: string): string | undefined {
  if (!parsed.ok) return "its spec is invalid";
  if (parsed.spec.suspend) return "suspended (spec.suspend)";
  if (parsed.spec.branch === branch) return undefined;
  return `syncs branch ${parsed.spec.branch}, and this push is to another one`;
}
