/** Tells programs and people outside what happened: CDEvents to the administrator's endpoint, notifications to whoever asked for them. */
import { driftEvent, serviceEvent } from "../core/tell/cdevents";
import { EVENT_MEDIA_TYPE, writeEvent } from "../core/tell/cloud-event";
import type { DriftTools } from "../core/tell/drift-data";
import { notification } from "../core/tell/notification";
import type { EventDraft } from "../model/cloud-event";
import { nameOf } from "../model/git-repository";
import type { Happening, Tell, Told } from "../model/happening";
import type { SecretName } from "../model/git-secret";
import type { Clock, Destination, Log, Notifier, Post } from "../ports";
import type { Settings } from "../model/settings";
import { createDriftMemory, type DriftMemory } from "./drift-memory";

export interface HeraldOptions {
  readonly settings: () => Settings;
  /** A ULID, greater than every one before it. */
  readonly newId: () => string;
  readonly clock: Pick<Clock, "rfc3339">;
  readonly post: Pick<Post, "send">;
  /** The address that a Secret holds. Rejects with NopeaError (codes secret-*, cluster-*, object-forbidden). */
  readonly notifyUrl: (secret: SecretName, signal: AbortSignal) => Promise<string>;
  readonly log: Log;
}

interface Herald extends HeraldOptions {
  /** What the administrator's endpoint was told of, and what the rooms: healPolicy may change while drift is open. */
  readonly events: DriftMemory;
  readonly rooms: DriftMemory;
  /** GitRepositories (uid) that have nowhere to send notifications to, and were told so. */
  readonly unheard: Set<string>;
}

/** More than there will be; a bound all the same. */
const MOST_UNHEARD = 10_000;

/** Returns at once, whatever it is told, and never throws: nothing that is told may hurt a sync. */
export function createHerald(options: HeraldOptions): Notifier {
  const [events, rooms] = [createDriftMemory(), createDriftMemory()];
  const herald = { ...options, events, rooms, unheard: new Set<string>() };
  const tell: Tell = (happening, about, at) => {
    try {
      proclaim(herald, happening, { about, at });
    } catch (error) {
      const fields = { repository: nameOf(about.id), what: happening.what, error: String(error) };
      herald.log.error(fields, "an event could not be made");
    }
  };
  return { tell };
}

interface Occasion {
  readonly about: Told;
  readonly at: number;
}

function proclaim(herald: Herald, happening: Happening, occasion: Occasion): void {
  if (happening.what === "drift") {
    proclaimDrift(herald, happening, occasion);
    return;
  }
  const { cdeventsEndpoint } = herald.settings();
  const draft =
    cdeventsEndpoint === undefined ? undefined : serviceEvent(happening, occasion.about);
  sendTo(herald, draft, cdeventsTo(cdeventsEndpoint), occasion);
}

function proclaimDrift(
  herald: Herald,
  { before, episode }: Extract<Happening, { what: "drift" }>,
  occasion: Occasion,
): void {
  const { settings, clock, events, rooms } = herald;
  const { cdeventsEndpoint, eventValues } = settings();
  const tools: DriftTools = { rfc3339: at => clock.rfc3339(at), eventValues };
  const { about } = occasion;
  // also while nobody listens: whoever begins to must not hear of an end without its beginning
  for (const word of events.wordsFor(before, episode)) {
    const to = cdeventsTo(cdeventsEndpoint);
    sendTo(herald, to && driftEvent(word, episode, about, tools), to, occasion);
  }
  const isAsked = about.healPolicy === "notify";
  for (const word of isAsked ? rooms.wordsFor(before, episode) : rooms.endsFor(episode)) {
    const room = notifyTo(herald, about);
    sendTo(herald, room && notification(word, episode, about, tools), room, occasion);
  }
}

interface Address extends Destination {
  /** In the log, instead of the address. */
  readonly endpoint: string;
}

function cdeventsTo(url: string | undefined): Address | undefined {
  return url === undefined ? undefined : addressOf(url, "NOPEA_CDEVENTS_ENDPOINT", true);
}

/** spec.notify, else the administrator's. */
function notifyTo(herald: Herald, about: Told): Address | undefined {
  const { url, secretName } = about.notify ?? {};
  if (url !== undefined) return addressOf(url, "spec.notify.url", false);
  if (secretName !== undefined) return secretAddress(herald, about, secretName);
  const { notifyEndpoint } = herald.settings();
  if (notifyEndpoint !== undefined) return addressOf(notifyEndpoint, "NOPEA_NOTIFY_ENDPOINT", true);
  if (about.healPolicy === "notify") tellUnheard(herald, about);
  return undefined;
}

function addressOf(url: string, endpoint: string, isTrusted: boolean): Address {
  const key = `${isTrusted ? "trusted" : "guarded"} ${url}`;
  return { key, isTrusted, url: () => Promise.resolve(url), endpoint };
}

/** Read at each try: a Secret that is late, or corrected, is good enough. */
function secretAddress({ notifyUrl }: Herald, { id }: Told, name: string): Address {
  const secret = { namespace: id.namespace, name };
  return {
    key: `secret ${nameOf(secret)}`,
    isTrusted: false,
    url: signal => notifyUrl(secret, signal),
    endpoint: "spec.notify.secretRef",
  };
}

/** Once for each GitRepository. */
function tellUnheard({ unheard, log }: Herald, about: Told): void {
  if (unheard.has(about.id.uid)) return;
  if (unheard.size >= MOST_UNHEARD) unheard.clear();
  unheard.add(about.id.uid);
  log.warn(
    { repository: nameOf(about.id) },
    "healPolicy notify has nowhere to send to: set spec.notify or NOPEA_NOTIFY_ENDPOINT",
  );
}

function sendTo(
  { newId, clock, post }: Herald,
  draft: EventDraft | undefined,
  to: Address | undefined,
  { about, at }: Occasion,
): void {
  if (draft === undefined || to === undefined) return;
  post.send({
    lane: nameOf(about.id),
    to,
    mediaType: EVENT_MEDIA_TYPE,
    body: writeEvent(draft, { id: newId(), time: clock.rfc3339(at) }),
    about: { repository: nameOf(about.id), endpoint: to.endpoint, event: draft.type },
  });
}
