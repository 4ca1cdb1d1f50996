/** Settings, read before anything is done by them, and read again for as long as the process lives. */
import { clock } from "../adapters/clock";
import type { Kube } from "../adapters/kube/client";
import { ensureSealKey, SEAL_KEY } from "../adapters/kube/seal-key";
import { readVariables } from "../adapters/kube/variables";
import {
  hasMatchConditions,
  readVersion,
  versionProblem,
  type ServerVersion,
} from "../adapters/kube/version";
import { keepAccount, readConfig, readHttpPort } from "../config";
import { NopeaError } from "../model/errors";
import type { Settings } from "../model/settings";
import type { Log } from "../ports";

const EVERY_MS = 30_000;

/** `begin` and `read` reject while the API server does not say what they are. */
export function createSettings(kube: Kube, log: Log, life: AbortSignal, everyMs = EVERY_MS) {
  let settings: Settings | undefined;
  let httpPort = readHttpPort();
  const tell = onlyNews(problems => {
    log.warn({ problems }, "settings that cannot be used");
  });
  let sealKey: string | undefined;
  let version: ServerVersion | undefined;

  async function read(): Promise<void> {
    const { secret, configMap } = await readVariables(kube, life);
    version = await readVersion(kube, life);
    const config = readConfig(process.env, secret, configMap);
    httpPort = readHttpPort(process.env, secret, configMap);
    sealKey = secret[SEAL_KEY];
    tell(config.problems.join("; "));
    settings = keepAccount(settings, { ...config.settings, ...ageOf(version) });
  }

  /** With a key for seals: whichever process comes first makes it for all. */
  async function begin(): Promise<void> {
    await read();
    if ((sealKey ?? "").trim() !== "") return;
    await ensureSealKey(kube, life);
    await read();
  }

  function current(): Settings {
    if (settings === undefined) throw new Error("settings are used before they were read");
    return settings;
  }

  return {
    begin,
    read,
    current,
    /** `answered`: they were read once more, or the API server said that they may not be. */
    follow: (changed: () => void, answered: () => void = () => undefined) =>
      readAgain({ read, known: () => settings, answered, log, life, everyMs }, changed),
    /** Undefined: not read yet. */
    known: () => settings,
    httpPort: () => httpPort,
    /** False as long as the API server has not said how old it is. */
    takesMatchConditions: () => version !== undefined && hasMatchConditions(version),
    /** Undefined: not made yet, or not read. */
    sealKey: () => sealKey,
  };
}

interface Rereading {
  readonly read: () => Promise<void>;
  readonly known: () => Settings | undefined;
  readonly answered: () => void;
  readonly log: Log;
  readonly life: AbortSignal;
  readonly everyMs: number;
}

/** Calls back whenever they have become others. */
async function readAgain(
  { read, known, answered, log, life, everyMs }: Rereading,
  changed: () => void,
): Promise<never> {
  for (;;) {
    await clock.sleep(everyMs, life);
    const before = JSON.stringify(known());
    const failed = (error: unknown) => {
      log.warn({ error: String(error) }, "settings not read");
      // whoever refuses has answered: the connection is well
      if (error instanceof NopeaError && error.code === "object-forbidden") answered();
    };
    await read().then(answered, failed);
    if (JSON.stringify(known()) !== before) changed();
  }
}

function ageOf(version: ServerVersion): Pick<Settings, "clusterTooOld"> {
  const clusterTooOld = versionProblem(version);
  return clusterTooOld === undefined ? {} : { clusterTooOld };
}

/** Tells what is not what was told last. */
function onlyNews(tell: (text: string) => void): (text: string) => void {
  let told = "";
  return text => {
    if (text !== told) tell(text);
    told = text;
  };
}
