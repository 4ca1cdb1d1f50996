/** Where a redirect may lead: the same scheme and host, since whatever else is sent along is meant for them only. */
import type { Dispatcher } from "undici";
import { NopeaError } from "../../model/errors";
import { excerpt, printUrl } from "./printable";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** The next address to ask; undefined when the answer is no redirect. */
export function redirectTarget(response: Dispatcher.ResponseData, from: URL): URL | undefined {
  if (!REDIRECTS.includes(response.statusCode)) return undefined;
  const location = response.headers.location;
  if (typeof location !== "string" || !URL.canParse(location, from.href)) {
    const what = typeof location === "string" ? excerpt(location) : "nowhere";
    throw new NopeaError("git-protocol", `${printUrl(from)} redirects to ${what}`);
  }
  const target = new URL(location, from);
  if (target.origin !== from.origin) {
    throw new NopeaError(
      "git-protocol",
      `${printUrl(from)} redirects to ${printUrl(target)}, another scheme or host: use that one in spec.url if you trust it`,
    );
  }
  return target;
}
