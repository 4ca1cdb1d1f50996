/** Everybody who is told of what happened: counters, Kubernetes Events, CDEvents, notifications. */
import { clock } from "../adapters/clock";
import { createGitConnections, proxiesOf } from "../adapters/git/connections";
import type { Kube } from "../adapters/kube/client";
import { createKubeEvents } from "../adapters/kube/events";
import { readNotifyUrl } from "../adapters/kube/notify-secret";
import { createDelivery } from "../adapters/outbox/delivery";
import { createOutbox } from "../adapters/outbox/outbox";
import { sha256 } from "../adapters/sha256";
import type { Tell } from "../model/happening";
import type { Settings } from "../model/settings";
import type { Notifier } from "../ports";
import { countHappenings } from "../worker/count";
import { createHerald } from "../worker/herald";
import { tellEvents } from "../worker/tell-events";
import { addressPolicy } from "./address-policy";
import type { Shell } from "./shell";

export interface NotifierParts {
  readonly kube: Kube;
  readonly settings: () => Settings;
  readonly newId: () => string;
}

/** Nothing is asked or sent before something happens. */
export function createNotifier(shell: Shell, { kube, settings, newId }: NotifierParts): Notifier {
  const { log, metrics, life } = shell;
  const dropped = () => metrics.dropped("events");
  const events = createKubeEvents({ kube, clock, log, life, dropped });
  metrics.depth("events", () => events.depth());
  const count = countHappenings(metrics);
  const post = openOutbox(shell, settings);
  const notifyUrl: Parameters<typeof createHerald>[0]["notifyUrl"] = (secret, signal) =>
    readNotifyUrl(kube, secret, signal);
  const herald = createHerald({ settings, newId, clock, post, notifyUrl, log });
  const tellEvent = tellEvents(events, { sha256, rfc3339: at => clock.rfc3339(at) });
  const all: readonly Tell[] = [count, tellEvent, (...told) => herald.tell(...told)];
  return {
    tell(happening, about, at) {
      // a bug in what is told must not end who tells it, nor keep the others from telling
      for (const tell of all) {
        try {
          tell(happening, about, at);
        } catch (error) {
          log.error({ what: happening.what, error: String(error) }, "could not be told");
        }
      }
    },
  };
}

/** Many rooms are at one host, each with four requests at once: those that are slow must not take all of them. */
const SOCKETS_PER_HOST = 128;

function openOutbox({ log, metrics, life }: Shell, settings: () => Settings) {
  const proxies = proxiesOf(process.env);
  const socketsPerHost = SOCKETS_PER_HOST;
  const deliver = createDelivery({
    // whoever may write a GitRepository chooses these addresses
    guarded: createGitConnections({ policy: addressPolicy(settings), proxies, socketsPerHost }),
    // and the administrator these
    trusted: createGitConnections({ policy: EVERYWHERE, proxies, socketsPerHost }),
  });
  const dropped = () => metrics.dropped("cdevents");
  const outbox = createOutbox({ deliver, clock, log, life, dropped });
  metrics.depth("cdevents", () => outbox.depth());
  return outbox;
}

const EVERYWHERE = () => ({ allowPrivate: true, allowLoopback: true });
