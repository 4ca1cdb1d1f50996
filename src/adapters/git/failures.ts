/** What can go wrong on the way to a Git server, as errors of the catalogue. */
import { NopeaError, type ErrorCode } from "../../model/errors";
import { excerpt } from "./printable";

type Explanation = readonly [code: ErrorCode, sentence: string];

const UNKNOWN_AUTHORITY =
  "its certificate is of an unknown authority (ca.crt in the Secret of spec.secretRef may name it)";

const BY_CODE: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: ["git-unreachable", "its name can't be resolved"],
  EAI_AGAIN: ["git-unreachable", "its name can't be resolved at the moment"],
  ECONNREFUSED: ["git-unreachable", "it refused the connection: nothing listens there"],
  ECONNRESET: ["git-unreachable", "it broke off the connection"],
  EPIPE: ["git-unreachable", "it broke off the connection"],
  UND_ERR_SOCKET: ["git-unreachable", "it broke off the connection"],
  EHOSTUNREACH: ["git-unreachable", "there is no route to it"],
  ENETUNREACH: ["git-unreachable", "there is no route to it"],
  ETIMEDOUT: ["git-timeout", "it did not accept a connection in time"],
  UND_ERR_CONNECT_TIMEOUT: ["git-timeout", "it did not accept a connection in time"],
  UND_ERR_HEADERS_TIMEOUT: ["git-timeout", "it accepted the request but did not answer in time"],
  UND_ERR_BODY_TIMEOUT: ["git-timeout", "it stopped in the middle of its answer"],
  UND_ERR_ABORTED: ["git-unreachable", "the proxy refused a tunnel to it"],
  UND_ERR_HEADERS_OVERFLOW: ["git-protocol", "its answer is no HTTP that nopea understands"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["git-unreachable", "its certificate is for another host"],
  CERT_HAS_EXPIRED: ["git-unreachable", "its certificate has expired"],
  SELF_SIGNED_CERT_IN_CHAIN: ["git-unreachable", UNKNOWN_AUTHORITY],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["git-unreachable", UNKNOWN_AUTHORITY],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["git-unreachable", UNKNOWN_AUTHORITY],
  CERT_SIGNATURE_FAILURE: ["git-unreachable", UNKNOWN_AUTHORITY],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["git-unreachable", UNKNOWN_AUTHORITY],
};

/** Translates a failed exchange with a host; what already is an error of the catalogue stays as it is. */
export function explainFailure(error: unknown, host: string): NopeaError {
  if (error instanceof NopeaError) return error;
  const [code, sentence] = explain(codeOf(error));
  return new NopeaError(code, `can't read from the Git server ${host}: ${sentence}`, {
    cause: error,
  });
}

function explain(code: string): Explanation {
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (code === "HPE") return ["git-protocol", "its answer is not HTTP"];
  if (/OSSL|PEM|ASN1/.test(code)) return ["git-unreachable", "ca.crt can't be read"];
  if (/SSL|TLS|CERT|EPROTO/.test(code)) return ["git-unreachable", `TLS failed (${code})`];
  return [
    "git-unreachable",
    code === "" ? "the connection failed" : `the connection failed (${code})`,
  ];
}

// When several addresses of a host were tried, the first one's failure speaks for all.
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return "";
  if (error.name === "HTTPParserError") return "HPE";
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The Git server has understood a request and does not do it, or can't. */
export class RefusedByGit extends NopeaError {}

/** The error for what the Git server itself says against a request. */
export function refusedByGit(said: string): RefusedByGit {
  const unknown =
    /not our ref|unadvertised object|not a valid object|want [0-9a-f]{40} not valid/i.test(said);
  const code = unknown ? "git-commit-not-found" : "git-protocol";
  return new RefusedByGit(code, `the Git server refuses: ${excerpt(said)}`);
}
