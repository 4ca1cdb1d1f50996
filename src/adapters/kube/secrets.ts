/** The Secrets port on a real API server: read when they are asked for, watched from then on. */
import { isObject, type JsonObject } from "../../model/json";
import type { SecretName } from "../../model/git-secret";
import type { Clock, Log, Secrets } from "../../ports";
import { unlessAborted } from "../unless-aborted";
import { METADATA_LIST_ONLY, METADATA_ONLY, type Kube, type KubeStream } from "./client";
import { failUnlessFound } from "./faults";
import { readGitSecret, type ParseCredentials } from "./git-secret";
import { createSecretCache, type SecretCache } from "./secret-cache";
import { watch } from "./watch";

export interface SecretsOptions {
  readonly kube: Kube;
  readonly stream: KubeStream;
  readonly parse: ParseCredentials;
  /** A Secret lets nopea in with something else than before, or is new, or gone; whoever asked for it or not. */
  readonly changed: (secret: SecretName) => void;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** Ends the watch. */
  readonly life: AbortSignal;
}

const PATH = "/api/v1/secrets";

/**
 * Watches metadata only, of all Secrets, and not before somebody asks: values of Secrets that no GitRepository names
 * never reach this process. While the watch is away, each question is a request.
 */
export function createSecrets(options: SecretsOptions): Secrets {
  const { kube, parse, changed, clock, life } = options;
  const read = (secret: SecretName) => readGitSecret(kube, parse, secret, life);
  const cache = createSecretCache({ read, changed, now: () => clock.now() });
  let watching: Watching | undefined;
  return {
    async gitCredentials(namespace, name, signal) {
      watching ??= startWatch(options, cache);
      // what is read before it is known from when on changes are told might never be told to be outdated
      await unlessAborted(watching.begun, signal);
      return unlessAborted(cache.get({ namespace, name }, !watching.connected), signal);
    },
  };
}

interface Watching {
  /** Resolves when the watch knows where to begin, or that it cannot know yet. */
  readonly begun: Promise<void>;
  connected: boolean;
}

function startWatch({ kube, stream, log, life }: SecretsOptions, cache: SecretCache): Watching {
  let markBegun: () => void = () => undefined;
  const begun = new Promise<void>(resolve => (markBegun = resolve));
  const watching: Watching = { begun, connected: false };
  const watched = {
    path: PATH,
    accept: METADATA_ONLY,
    begin: async (signal: AbortSignal) => {
      try {
        const version = await latestVersion(kube, signal);
        cache.checkAll();
        return version;
      } finally {
        markBegun();
      }
    },
    event: ({ object }: { readonly object: JsonObject }) => {
      const secret = nameOf(object);
      if (secret !== undefined) cache.check(secret);
    },
    connected: (now: boolean) => {
      watching.connected = now;
      if (now) cache.sweep();
    },
    trouble: (error: unknown) => log.warn({ error: String(error) }, "watch of Secrets interrupted"),
  };
  void watch(stream, watched, life);
  return watching;
}

/** Where a watch may begin: of a list of one. */
async function latestVersion(kube: Kube, signal: AbortSignal): Promise<string> {
  const query = { limit: "1" };
  const answer = await kube({ path: PATH, query, accept: METADATA_LIST_ONLY, signal });
  failUnlessFound(answer, PATH);
  const { metadata } = answer.body;
  const version = isObject(metadata) ? metadata.resourceVersion : undefined;
  if (typeof version !== "string") throw new Error(`the list of ${PATH} has no resourceVersion`);
  return version;
}

function nameOf({ metadata }: JsonObject): SecretName | undefined {
  if (!isObject(metadata)) return undefined;
  const { namespace, name } = metadata;
  if (typeof namespace !== "string" || typeof name !== "string") return undefined;
  return { namespace, name };
}
