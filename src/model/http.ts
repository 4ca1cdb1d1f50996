/** A request and its answer as nopea's own HTTP port sees them: no framework, no streams. */
import type { JsonObject } from "./json";

/** By lower-case name. */
export type HttpHeaders = Readonly<Record<string, string | undefined>>;

/** All that is known of a request before its body is read. */
export interface RequestHead {
  readonly method: string;
  /** As it was sent: still encoded, without the query. */
  readonly path: string;
  readonly headers: HttpHeaders;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** What becomes of a request, decided by its head alone. */
export type Reception =
  | { readonly do: "answer"; readonly answer: HttpAnswer }
  /** Not counted as an answer to a webhook. */
  | { readonly do: "tell"; readonly answer: HttpAnswer }
  | { readonly do: "metrics" }
  | {
      readonly do: "read";
      /** A longer body gets the answer `tooLarge` without being read to its end. */
      readonly maxBytes: number;
      readonly tooLarge: HttpAnswer;
      /** The answer to the whole body; returns at once. */
      readonly deliver: (body: Uint8Array) => HttpAnswer;
    };

/** A refusal: a stable word, and a sentence that says what to do. */
export function refuse(status: number, error: string, message: string): HttpAnswer {
  return { status, body: { error, message } };
}

/** True for an absolute address of HTTP(S). */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
