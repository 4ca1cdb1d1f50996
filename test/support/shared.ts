/** What a test run starts once for all of its projects, and stops with the last of them. */

interface Stoppable {
  stop(): Promise<unknown>;
}

interface Shared {
  users: number;
  readonly starting: Promise<Stoppable>;
}

// Each project loads global setups by itself, but in one process: the global object is what they share.
const shelf = globalThis as { nopeaShared?: Map<string, Shared> };

export interface Joined<T> {
  readonly it: T;
  /** Stops it after the last one who joined. */
  readonly leave: () => Promise<void>;
}

/** Starts it, or joins what another project has started. */
export async function join<T extends Stoppable>(
  name: string,
  start: () => Promise<T>,
): Promise<Joined<T>> {
  const all = (shelf.nopeaShared ??= new Map());
  const shared = all.get(name) ?? { users: 0, starting: start() };
  all.set(name, shared);
  shared.users += 1;
  const it = (await shared.starting) as T;
  const leave = async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    all.delete(name);
    await it.stop();
  };
  return { it, leave };
}

/** What has been started under a name, for those who do not keep it alive. */
export function started<T extends Stoppable>(name: string): Promise<T> {
  const shared = shelf.nopeaShared?.get(name);
  if (shared === undefined) throw new Error(`no ${name} has been started`);
  return shared.starting as Promise<T>;
}
