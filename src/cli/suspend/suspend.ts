/** `nopea suspend` and `nopea resume`: for a whole repository, or for one object. */
import { isRepository, resolve } from "../resources/resolve";
import { CommandError, EXIT, type Answer, type Context } from "../context";
import { resumeObject, suspendObject } from "./object";
import { setSuspend } from "./repository";

export interface SuspendOptions {
  /** A GitRepository's name, or type/name. */
  readonly what: string;
  /** A duration as nopea reads it. */
  readonly for?: string | undefined;
  /** A time as nopea reads it. */
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** A repository is suspended until it is resumed, an object as the options say. */
export async function suspend(context: Context, options: SuspendOptions): Promise<Answer> {
  const { what, reason } = options;
  context.progress(`Suspending ${what}`);
  const value = options.for ?? options.until ?? "true";
  refusePast(options, context.now());
  const target = await resolve(context, what);
  if (!isRepository(target)) return suspendObject(context, target, { what, value, reason });
  if (value !== "true" || reason !== undefined) {
    throw new CommandError(
      `--for, --until and --reason are for single objects (deploy/api); the GitRepository ${target.name} is suspended until it is resumed.`,
      EXIT.usage,
    );
  }
  return setSuspend(context, target, true);
}

/** Undoes `suspend`. */
export async function resume(context: Context, what: string): Promise<Answer> {
  context.progress(`Resuming ${what}`);
  const target = await resolve(context, what);
  return isRepository(target) ? setSuspend(context, target, false) : resumeObject(context, target);
}

function refusePast({ until }: SuspendOptions, now: number): void {
  if (until === undefined || Date.parse(until) > now) return;
  throw new CommandError(`--until ${until} has passed: nothing would be suspended.`, EXIT.usage);
}
