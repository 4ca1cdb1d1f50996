/** One try to deliver a letter: one POST, limited in time and in what is read of the answer. */
import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import { NopeaError } from "../../model/errors";
import { isHttpUrl } from "../../model/http";
import type { Letter } from "../../ports";
import { unlessAborted } from "../unless-aborted";

export type Delivery = { readonly result: "delivered" } | Attempt;

/** `problem` holds no address and nothing of the letter. */
export interface Attempt {
  /** unavailable: another try may help. */
  readonly result: "unavailable" | "refused" | "forbidden";
  readonly problem: string;
}

export interface Connections {
  to(ca: string | undefined): Dispatcher;
  /** Throws for a host that is not allowed. */
  check(url: URL): void;
}

export interface DeliveryOptions {
  /** To addresses that users of nopea name: what is not allowed is refused. */
  readonly guarded: Connections;
  /** To the administrator's. */
  readonly trusted: Connections;
  /** Of one try, until the letter is sent in full. */
  readonly timeoutMs?: number;
  /** From then on, until the answer. */
  readonly answerMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Whoever has the letter and thinks about it would only get it once more. */
const ANSWER_MS = 45_000;
/** What is read of an answer, so that its connection serves once more. */
const MOST_ANSWER = 65_536;

/** Makes the function that tries; it rejects when the signal is aborted, and never else. */
export function createDelivery(
  options: DeliveryOptions,
): (letter: Letter, signal: AbortSignal) => Promise<Delivery> {
  return async (letter, life) => {
    const tooLong = new AbortController();
    const end = () => tooLong.abort(life.reason);
    const within = (milliseconds: number) =>
      setTimeout(() => tooLong.abort(TIMED_OUT), milliseconds);
    let timer = within(options.timeoutMs ?? TIMEOUT_MS);
    const sent = () => {
      clearTimeout(timer);
      // an answer may come before all of a letter is sent
      if (!isOver) timer = within(options.answerMs ?? ANSWER_MS);
    };
    let isOver = false;
    life.addEventListener("abort", end, { once: true });
    try {
      life.throwIfAborted();
      return await post(options, letter, { signal: tooLong.signal, sent });
    } catch (error) {
      life.throwIfAborted();
      return explain(error);
    } finally {
      isOver = true;
      clearTimeout(timer);
      life.removeEventListener("abort", end);
    }
  };
}

const TIMED_OUT = Object.assign(new Error("timed out"), { code: "TIMEOUT" });

interface Posting {
  readonly signal: AbortSignal;
  /** Told when all of the letter is sent. */
  readonly sent: () => void;
}

async function post(
  { guarded, trusted }: DeliveryOptions,
  { to, body, mediaType }: Letter,
  { signal, sent }: Posting,
): Promise<Delivery> {
  const text = await unlessAborted(to.url(signal), signal);
  if (!isHttpUrl(text)) return { result: "refused", problem: "its address is not HTTP(S)" };
  const url = new URL(text);
  const connections = to.isTrusted ? trusted : guarded;
  connections.check(url);
  const bytes = Buffer.from(body);
  const asked = request.call(connections.to(undefined), {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: "POST",
    headers: {
      "content-type": mediaType,
      "content-length": `${bytes.length}`,
      "user-agent": "nopea",
      ...authorization(url),
    },
    body: inFull(bytes, sent),
    // the signal ends it
    headersTimeout: 0,
    signal,
  });
  const { statusCode, body: answer } = await unlessAborted(asked, signal);
  // the letter is there: how the answer ends changes nothing
  await answer.dump({ limit: MOST_ANSWER, signal }).catch(() => undefined);
  return judge(statusCode);
}

/** Whoever sends them asks for more once they have left the process: only then is it told. */
async function* inFull(bytes: Buffer, sent: () => void): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
  sent();
}

/** A user name and a password that stand in an address are sent as every client does. */
function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = [username, password].map(decode).join(":");
  return { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Timeout, too early, too many: those that say to try again, besides whatever is the server's own fault. */
const LATER = [408, 425, 429];

function judge(status: number): Delivery {
  if (status >= 200 && status < 300) return { result: "delivered" };
  if (status >= 500 || LATER.includes(status)) {
    return { result: "unavailable", problem: `it answers ${status}` };
  }
  return status < 400
    ? { result: "refused", problem: `it answers ${status}: redirects are not followed` }
    : { result: "refused", problem: `it answers ${status}` };
}

/** Never an error's own words where they may name the host: such addresses are secrets. */
function explain(error: unknown): Attempt {
  if (error instanceof NopeaError) {
    return error.code === "git-host-forbidden"
      ? { result: "forbidden", problem: "its host is not allowed" }
      : { result: "unavailable", problem: error.message };
  }
  return { result: "unavailable", problem: `the connection failed (${codeOf(error)})` };
}

// When several addresses of a host were tried, the first one's failure speaks for all.
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
