/** What a Git server's webhook says, and how it proves that it may say so. */

/** Forgejo speaks as Gitea does. */
export type Provider = "github" | "gitea" | "gitlab";

/** Which GitRepositories a webhook is for: one, or every one of a name. */
export interface PushTarget {
  readonly namespace?: string;
  readonly name: string;
}

/** A branch has a new tip. */
export interface Push {
  readonly branch: string;
  /** Full SHA. */
  readonly commit: string;
}

/** What came of a push. */
export interface Hearing {
  /** Repositories that look at Git now: `namespace/name`. */
  readonly told: readonly string[];
  /** Why each other one of the name does not: sentences. */
  readonly deaf: readonly string[];
}

/** What a delivery brings to prove that its sender knows the secret. */
export type Proof =
  /** HMAC-SHA256 over the bytes of the body, in hex. */
  | { readonly scheme: "hmac"; readonly hex: string }
  /** The secret itself. */
  | { readonly scheme: "token"; readonly token: string };

/** True if the proof was made with one of the secrets; the time that takes tells nothing about them. */
export type Verify = (proof: Proof, body: Uint8Array, secrets: readonly string[]) => boolean;
