/** To which addresses nopea may talk that users of it name: Git servers, and receivers of notifications. */
import type { AddressPolicy } from "../adapters/git/address-policy";
import type { Settings } from "../model/settings";

/** As the settings are at each new connection. */
export function addressPolicy(settings: () => Settings): () => AddressPolicy {
  return () => ({
    allowPrivate: settings().allowPrivateHosts,
    allowLoopback: settings().allowLoopback,
  });
}
