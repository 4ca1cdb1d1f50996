/** What a webhook is answered: one place for every status, word and sentence. */
import { refuse, type HttpAnswer } from "../../model/http";
import type { Hearing, Provider } from "../../model/webhook";
import { secretField } from "./provider";

/** Reasons that an answer lists at most. */
const MOST_REASONS = 10;

export const NOT_CONFIGURED = refuse(
  500,
  "webhook_not_configured",
  "set NOPEA_WEBHOOK_SECRET: a key of Secret nopea in namespace pepr-system",
);

export const UNKNOWN_PROVIDER = refuse(
  400,
  "unknown_provider",
  "send X-GitHub-Event, X-Gitea-Event, X-Forgejo-Event or X-Gitlab-Event, as these servers' webhooks do",
);

export const TOO_LARGE = refuse(
  413,
  "too_large",
  "a delivery may have 25 MiB; nopea looks at every repository at its interval all the same",
);

export const INVALID_SIGNATURE = refuse(
  401,
  "invalid_signature",
  "the webhook's secret is not the one in NOPEA_WEBHOOK_SECRET, or the body was changed on its way",
);

/** No proof at all, or one that does not count. */
export function missingSignature(provider: Provider): HttpAnswer {
  const message = `enter the value of NOPEA_WEBHOOK_SECRET as ${secretField(provider)}`;
  return refuse(401, "missing_signature", message);
}

/** The sender is known, and what it sent cannot be read. */
export function badBody(problem: string): HttpAnswer {
  return refuse(400, "bad_body", `${problem}; choose application/json as content type`);
}

/** Understood, and nothing to do. */
export function ignored(reason: string): HttpAnswer {
  return { status: 200, body: { status: "ignored", reason } };
}

/** The answer to a push; what was told looks at Git by itself. */
export function answerHearing({ told, deaf }: Hearing): HttpAnswer {
  if (told.length > 0) return { status: 200, body: { status: "received", repositories: told } };
  if (deaf.length === 0) return ignored("there is no GitRepository of this name");
  const more = deaf.length > MOST_REASONS ? [`and ${deaf.length - MOST_REASONS} more`] : [];
  return ignored([...deaf.slice(0, MOST_REASONS), ...more].join("; "));
}
