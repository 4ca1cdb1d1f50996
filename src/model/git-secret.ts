/** The Secret of spec.secretRef, before and after it is understood. */
import type { GitCredentials } from "./git-repository";

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** The decoded values of a Secret, by key. */
export type SecretTexts = Readonly<Record<string, string>>;

/** What can be worked with, or every reason why it cannot: sentences that name keys and never quote a value. */
export type ParsedCredentials =
  | { readonly ok: true; readonly credentials: GitCredentials }
  | { readonly ok: false; readonly problems: readonly string[] };
