/** Who sends a webhook, what it is about, and how it proves itself: all from its headers. */
import type { HttpHeaders } from "../../model/http";
import type { Proof, Provider } from "../../model/webhook";

export interface Sender {
  readonly provider: Provider;
  /** The event, in the provider's own word. */
  readonly event: string;
}

/** Gitea and Forgejo send GitHub's headers too: theirs are looked for first. Undefined: nobody we know. */
export function senderOf(headers: HttpHeaders): Sender | undefined {
  const gitea = headers["x-forgejo-event"] ?? headers["x-gitea-event"];
  if (gitea !== undefined) return { provider: "gitea", event: gitea };
  const github = headers["x-github-event"];
  if (github !== undefined) return { provider: "github", event: github };
  const gitlab = headers["x-gitlab-event"];
  return gitlab === undefined ? undefined : { provider: "gitlab", event: gitlab };
}

/** Undefined where there is none that counts: SHA-1 does not. */
export function proofOf(provider: Provider, headers: HttpHeaders): Proof | undefined {
  switch (provider) {
    case "github":
      return hubProof(headers);
    case "gitea":
      return hubProof(headers) ?? bareProof(headers);
    case "gitlab": {
      const token = headers["x-gitlab-token"];
      return token ? { scheme: "token", token } : undefined;
    }
  }
}

function hubProof(headers: HttpHeaders): Proof | undefined {
  const signature = headers["x-hub-signature-256"];
  if (!signature) return undefined;
  // without its prefix it is no such signature, and no hex either
  const hex = signature.startsWith("sha256=") ? signature.slice("sha256=".length) : signature;
  return { scheme: "hmac", hex: hex === signature ? "" : hex };
}

function bareProof(headers: HttpHeaders): Proof | undefined {
  const hex = headers["x-forgejo-signature"] ?? headers["x-gitea-signature"];
  return hex ? { scheme: "hmac", hex } : undefined;
}

/** What the provider's settings call the place where the secret belongs. */
export function secretField(provider: Provider): string {
  switch (provider) {
    case "github":
      return "Secret of the webhook at GitHub (X-Hub-Signature-256)";
    case "gitea":
      return "Secret of the webhook at Gitea or Forgejo (X-Hub-Signature-256)";
    case "gitlab":
      return "Secret token of the webhook at GitLab (X-Gitlab-Token)";
  }
}
