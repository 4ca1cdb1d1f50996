/** Suspends and resumes a whole repository: spec.suspend. */
import { merge, read, type Target } from "../api/ask";
import { part } from "../api/fields";
import { EXIT, type Answer, type Context } from "../context";

/** Sets spec.suspend, unless it is so already. */
export async function setSuspend(
  context: Context,
  target: Target,
  suspend: boolean,
): Promise<Answer> {
  const { namespace, name } = target;
  const before = part(await read(context, target), "spec").suspend === true;
  if (before !== suspend) await merge(context, target, { spec: { suspend } });
  const value = { kind: target.kind.kind, namespace, name, suspend, changed: before !== suspend };
  return { value, text: told(target, { before, suspend }), exitCode: EXIT.ok };
}

function told(
  { namespace, name }: Target,
  { before, suspend }: { readonly before: boolean; readonly suspend: boolean },
): string {
  const what = `GitRepository ${namespace}/${name}`;
  if (before === suspend) return `${what} is ${suspend ? "" : "not "}suspended: nothing to do.`;
  return suspend
    ? `${what} is suspended: nothing is fetched or written until you resume it:\nnopea resume ${name} -n ${namespace}`
    : `${what} goes on: Git is looked at now. See what comes of it: nopea status ${name} -n ${namespace}`;
}
