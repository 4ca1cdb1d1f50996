/** Webhooks as GitHub, Gitea and GitLab send them: recorded shapes, signed by our own means, posted to a URL. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { projectRoot } from "../../src/local/paths";

/** A file below test/fixtures/webhooks, and the event that its sender names in a header. */
const EVENTS = {
  "github/push": "push",
  "github/push-branch-deleted": "push",
  "github/push-tag": "push",
  "github/ping": "ping",
  "github/pull-request": "pull_request",
  "gitea/push": "push",
  "gitea/delete": "delete",
  "gitlab/push": "Push Hook",
  "gitlab/push-branch-deleted": "Push Hook",
  "gitlab/push-tag": "Tag Push Hook",
  "gitlab/merge-request": "Merge Request Hook",
} as const;

export type FixtureName = keyof typeof EVENTS;

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DeliveryOptions {
  readonly secret: string;
  readonly branch?: string;
  readonly commit?: string;
  /** As a form, as GitHub does where the webhook's content type is not changed. */
  readonly form?: boolean;
}

/** The delivery, signed as its sender does. */
export function delivery(name: FixtureName, options: DeliveryOptions): WebhookRequest {
  const body = bodyOf(name, options);
  const type = options.form === true ? "application/x-www-form-urlencoded" : "application/json";
  const headers = { "content-type": type, ...headersOf(name, body, options.secret) };
  return { headers, body };
}

/** The parsed fixture, with another branch and commit where they are given. */
function bodyOf(name: FixtureName, { branch, commit, form }: DeliveryOptions): string {
  const path = join(projectRoot, "test", "fixtures", "webhooks", `${name}.json`);
  const recorded = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  const body = JSON.stringify({
    ...recorded,
    ...(branch === undefined ? {} : { ref: `refs/heads/${branch}` }),
    ...(commit === undefined ? {} : { after: commit }),
  });
  return form === true ? new URLSearchParams({ payload: body }).toString() : body;
}

function headersOf(name: FixtureName, body: string, secret: string): Record<string, string> {
  const event = EVENTS[name];
  const hex = createHmac("sha256", secret).update(body).digest("hex");
  if (name.startsWith("gitlab/")) return { "x-gitlab-event": event, "x-gitlab-token": secret };
  const github = {
    "x-github-event": event,
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-hub-signature-256": `sha256=${hex}`,
  };
  if (name.startsWith("github/")) return { ...github, "user-agent": "GitHub-Hookshot/044aadd" };
  return { ...github, "x-gitea-event": event, "x-gogs-event": event, "x-gitea-signature": hex };
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly milliseconds: number;
}

/** POSTs unless told otherwise. */
export async function post(
  url: string,
  { headers, body }: WebhookRequest,
  method: "POST" | "GET" | "PUT" = "POST",
): Promise<WebhookAnswer> {
  const startedAt = performance.now();
  const answer = await request(url, { method, headers, ...(method === "GET" ? {} : { body }) });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    body: JSON.parse(text) as Readonly<Record<string, unknown>>,
    headers: answer.headers,
    milliseconds: performance.now() - startedAt,
  };
}
