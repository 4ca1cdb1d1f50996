/** Secrets that are values, and a watch that tells of every change at once. */
import { parseGitCredentials } from "../../src/core/repository/git-credentials";
import { NopeaError } from "../../src/model/errors";
import type { SecretName, SecretTexts } from "../../src/model/git-secret";
import type { Secrets } from "../../src/ports";

export interface FakeSecrets {
  readonly port: Secrets;
  /** Which Secrets were asked for, in order: namespace/name. */
  readonly asked: readonly string[];
  watch(changed: (secret: SecretName) => void): void;
  /** Makes the Secret hold exactly this; undefined: it is deleted. */
  set(secret: SecretName, texts: SecretTexts | undefined): void;
  /** From now on every question fails with this; undefined: it works again. */
  fail(error: Error | undefined): void;
}

export function createFakeSecrets(): FakeSecrets {
  const stored = new Map<string, SecretTexts>();
  const asked: string[] = [];
  let changed: (secret: SecretName) => void = () => undefined;
  let failure: Error | undefined;
  return {
    asked,
    watch: to => {
      changed = to;
    },
    fail: error => {
      failure = error;
    },
    set({ namespace, name }, texts) {
      if (texts === undefined) stored.delete(`${namespace}/${name}`);
      else stored.set(`${namespace}/${name}`, texts);
      changed({ namespace, name });
    },
    port: {
      async gitCredentials(namespace, name, signal) {
        const key = `${namespace}/${name}`;
        asked.push(key);
        await Promise.resolve();
        signal.throwIfAborted();
        if (failure !== undefined) throw failure;
        const texts = stored.get(key);
        if (texts === undefined) {
          throw new NopeaError("secret-not-found", `Secret ${key} does not exist`);
        }
        const parsed = parseGitCredentials(texts);
        if (parsed.ok) return parsed.credentials;
        throw new NopeaError("secret-invalid", `Secret ${key}: ${parsed.problems.join("; ")}`);
      },
    },
  };
}
