/** What Secrets let nopea in with, for as long as they are known to be as they were. */
import type { GitCredentials } from "../../model/git-repository";
import type { SecretName } from "../../model/git-secret";

export interface SecretCache {
  /** What is known; read anew where nothing is, or `fresh` is wanted. */
  get(secret: SecretName, fresh: boolean): Promise<GitCredentials>;
  /** The Secret may have changed: what was known is forgotten at once. */
  check(secret: SecretName): void;
  checkAll(): void;
  /** Drops what nobody has asked for in an hour: its repository is gone, or asks too rarely to save anything by it. */
  sweep(): void;
}

export interface SecretCaching {
  readonly read: (secret: SecretName) => Promise<GitCredentials>;
  /** It really has changed, or may have: also told of those that nobody has asked for. */
  readonly changed: (secret: SecretName) => void;
  readonly now: () => number;
}

interface Entry {
  readonly secret: SecretName;
  readonly reading: Promise<GitCredentials>;
  askedAt: number;
}

const KEPT_MS = 3_600_000;

/** A read that failed is not kept. */
export function createSecretCache({ read, changed, now }: SecretCaching): SecretCache {
  const entries = new Map<string, Entry>();

  function start(secret: SecretName): Entry {
    const entry: Entry = { secret, reading: read(secret), askedAt: now() };
    entries.set(keyOf(secret), entry);
    entry.reading.catch(() => {
      if (entries.get(keyOf(secret)) === entry) entries.delete(keyOf(secret));
    });
    return entry;
  }

  /** Many a change is none of what the Secret holds: nobody is told of those. */
  async function compare(before: Entry): Promise<void> {
    const after = start(before.secret);
    after.askedAt = before.askedAt;
    const [was, is] = await Promise.allSettled([before.reading, after.reading]);
    if (!isSame(was, is)) changed(before.secret);
  }

  return {
    get(secret, fresh) {
      const known = fresh ? undefined : entries.get(keyOf(secret));
      const entry = known ?? start(secret);
      entry.askedAt = now();
      return entry.reading;
    },
    check(secret) {
      const before = entries.get(keyOf(secret));
      if (before === undefined) changed(secret);
      else void compare(before);
    },
    checkAll: () => entries.forEach(entry => void compare(entry)),
    sweep: () =>
      entries.forEach(({ askedAt }, key) => {
        if (now() - askedAt > KEPT_MS) entries.delete(key);
      }),
  };
}

function keyOf({ namespace, name }: SecretName): string {
  return `${namespace}/${name}`;
}

type Outcome = PromiseSettledResult<GitCredentials>;

function isSame(was: Outcome, is: Outcome): boolean {
  if (was.status === "rejected" || is.status === "rejected") return false;
  const a = was.value;
  const b = is.value;
  return a.authorization === b.authorization && a.token === b.token && a.ca === b.ca;
}
