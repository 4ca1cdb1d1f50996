/** Turns the environment, ConfigMap and Secret `nopea` into settings; nonsense becomes the default, and is named. */
import { isDnsName } from "./model/dns-name";
import { isHttpUrl } from "./model/http";
import type { Settings, ShowValues } from "./model/settings";

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Config {
  readonly settings: Settings;
  /** Values that could not be used, each in a sentence. */
  readonly problems: readonly string[];
}

/** The first source that has a variable wins: environment, then Secret, then ConfigMap. "" counts as not set. */
export function readConfig(...sources: readonly Variables[]): Config {
  const problems: string[] = [];
  const variable = (name: string) => sources.map(source => source[name]).find(value => value);
  const flag = (name: string, fallback: boolean) => {
    const value = variable(name) ?? String(fallback);
    if (value !== "true" && value !== "false") problems.push(`${name} must be true or false`);
    return value === "true" || (value !== "false" && fallback);
  };
  const usable = (name: string, isUsable: (value: string) => boolean, must: string) => {
    const value = variable(name);
    if (value === undefined || isUsable(value)) return value;
    // without the value: an address may be a secret
    problems.push(`${name} must be ${must}`);
    return undefined;
  };
  const endpoint = (name: string) => usable(name, isHttpUrl, "an http:// or https:// address");
  const defaultServiceAccount = variable("NOPEA_DEFAULT_SERVICE_ACCOUNT");
  const settings: Settings = {
    concurrentSyncs: readNumber(usable("NOPEA_CONCURRENT_SYNCS", isCount, COUNT), 8) ?? 8,
    allowPrivateHosts: flag("NOPEA_ALLOW_PRIVATE_HOSTS", true),
    allowLoopback: flag("NOPEA_ALLOW_LOOPBACK", false),
    webhookSecrets: readList(variable("NOPEA_WEBHOOK_SECRET")),
    showValues: usable("NOPEA_SHOW_VALUES", isMode, "safe or all") === "all" ? "all" : "safe",
    eventValues: flag("NOPEA_EVENT_VALUES", false),
    ...present("defaultServiceAccount", defaultServiceAccount),
    ...present("cdeventsEndpoint", endpoint("NOPEA_CDEVENTS_ENDPOINT")),
    ...present("notifyEndpoint", endpoint("NOPEA_NOTIFY_ENDPOINT")),
  };
  if (defaultServiceAccount !== undefined && !isDnsName(defaultServiceAccount)) {
    problems.push("NOPEA_DEFAULT_SERVICE_ACCOUNT must be the name of a ServiceAccount");
  }
  return { settings, problems };
}

/** Port of Pepr's own HTTPS server; nonsense → 3000. */
export function readPeprPort(environment: Variables): number {
  return readPort(environment.NOPEA_PEPR_PORT, 3000);
}

/** The watcher's own HTTP port, from the first source that has one; nonsense → 4000. */
export function readHttpPort(...sources: readonly Variables[]): number {
  return readPort(
    sources.map(source => source.NOPEA_HTTP_PORT).find(value => value),
    4000,
  );
}

function readPort(value: string | undefined, fallback: number): number {
  const port = readNumber(value, fallback) ?? fallback;
  return port < 65_536 ? port : fallback;
}

/** Separated by commas; what is empty is left out. */
function readList(value = ""): readonly string[] {
  return value
    .split(",")
    .map(item => item.trim())
    .filter(item => item !== "");
}

const COUNT = "a whole number from 1 on";

function isCount(value: string): boolean {
  return readNumber(value, 1) !== undefined;
}

function isMode(value: string): value is ShowValues {
  return value === "safe" || value === "all";
}

function present<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);
}

function readNumber(value: string | undefined, fallback: number): number | undefined {
  if (value === undefined) return fallback;
  return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}

/**
 * A default account, once seen, stays in force until a restart that reads another: losing it would lend out our rights.
 * What can be no account is none to keep: it stands for nobody until it is mended.
 */
export function keepAccount(before: Settings | undefined, next: Settings): Settings {
  const account = before?.defaultServiceAccount;
  if (account === undefined) return next;
  const isMended = !isDnsName(account) && next.defaultServiceAccount !== undefined;
  return isMended ? next : { ...next, defaultServiceAccount: account };
}
