/** Whether an HTTP answer is the Git server's: its status and its type. */
import type { Dispatcher } from "undici";
import { NopeaError, type ErrorCode } from "../../model/errors";
import { RefusedByGit } from "./failures";
import { excerpt, printUrl } from "./printable";

const EXCERPT_BYTES = 1024;

const PROXY = "is behind a proxy that asks for credentials";
const GONE = "says that the repository is gone";
const CANNOT = "can't serve the repository";
const BUSY = "answers that it gets too many requests";

type Explanation = readonly [code: ErrorCode, asStranger: string, withCredentials: string];

const ASKS: Explanation = [
  "git-authentication",
  "asks for credentials, and none were sent",
  "does not accept the credentials that were sent",
];

const STATUS: Readonly<Record<number, Explanation>> = {
  // Azure DevOps answers 203 and a sign-in page to who has no credentials
  203: ASKS,
  401: ASKS,
  403: [
    "git-authentication",
    "denies access (no credentials were sent)",
    "denies access with the credentials that were sent",
  ],
  404: [
    "git-not-found",
    "has no such repository, or hides it from who has no credentials",
    "has no such repository, or hides it from these credentials",
  ],
  407: ["git-unreachable", PROXY, PROXY],
  410: ["git-not-found", GONE, GONE],
  429: ["git-unreachable", BUSY, BUSY],
};

/** Throws unless the answer is one of Git's smart HTTP protocol. */
export async function checkAnswer(
  response: Dispatcher.ResponseData,
  url: URL,
  withCredentials: boolean,
): Promise<void> {
  const [type = ""] = header(response, "content-type").split(";");
  if (response.statusCode !== 200) throw await refusal(response, url, withCredentials);
  if (type.trim() !== expectedType(url)) {
    response.body.destroy();
    throw new NopeaError(
      "git-protocol",
      `${printUrl(url)} is not a Git repository: it answers with ${type === "" ? "data of no type" : excerpt(type, 60)}`,
    );
  }
  const encoding = header(response, "content-encoding");
  if (encoding === "" || encoding === "identity") return;
  response.body.destroy();
  throw new NopeaError(
    "git-protocol",
    `${printUrl(url)} answers in an encoding that nobody asked for: ${excerpt(encoding, 60)}`,
  );
}

async function refusal(
  response: Dispatcher.ResponseData,
  url: URL,
  withCredentials: boolean,
): Promise<NopeaError> {
  const status = response.statusCode;
  const [code, asStranger, asSomebody] = STATUS[status] ?? [
    status >= 500 ? "git-unreachable" : "git-protocol",
    CANNOT,
    CANNOT,
  ];
  const sentence = withCredentials ? asSomebody : asStranger;
  const said = await firstWords(response);
  // who is away, or too busy, has not refused what was asked for
  const isRefusal = sentence === CANNOT && status <= 501;
  const Refusal = isRefusal ? RefusedByGit : NopeaError;
  return new Refusal(
    code,
    `the Git server ${url.host} ${sentence}: HTTP ${status} for ${printUrl(url)}${said}`,
  );
}

// Forges explain themselves in plain text; a page of HTML explains nothing.
async function firstWords(response: Dispatcher.ResponseData): Promise<string> {
  if (!header(response, "content-type").startsWith("text/plain")) {
    response.body.destroy();
    return "";
  }
  // Where even this can't be read, the status says enough.
  const text = excerpt(await readStart(response.body).catch(() => ""));
  return text === "" ? "" : ` (it says: ${text})`;
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of body) {
    text += chunk.subarray(0, EXCERPT_BYTES).toString();
    if (text.length >= EXCERPT_BYTES) break;
  }
  return text;
}

function expectedType(url: URL): string {
  const kind = url.pathname.endsWith("/info/refs") ? "advertisement" : "result";
  return `application/x-git-upload-pack-${kind}`;
}

function header(response: Dispatcher.ResponseData, name: string): string {
  const value = response.headers[name];
  return typeof value === "string" ? value.toLowerCase() : "";
}
