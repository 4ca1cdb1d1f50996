/** The tip of a branch, asked of the server. */
import { getRemoteInfo2, listServerRefs } from "isomorphic-git";
import { NopeaError } from "../../model/errors";
import type { GitLocation } from "../../model/git-repository";
import type { GitHttp } from "./http";
import { excerpt } from "./printable";

interface Ref {
  readonly ref: string;
  readonly oid: string;
}

export interface Tip {
  readonly commit: string;
  /** What the server can do, in the words of protocol v0. */
  readonly capabilities: readonly string[];
}

const HEADS = "refs/heads/";
const NAMED = 8;

/** The branch's commit: protocol v2 with a prefix, so that the answer is small however many refs there are. */
export async function resolveBranch(http: GitHttp, location: GitLocation): Promise<string> {
  const refs = await listRefs(http, location.url, `${HEADS}${location.branch}`);
  const tip = refs.find(({ ref }) => ref === `${HEADS}${location.branch}`);
  if (tip !== undefined) return checkOid(tip.oid);
  throw missing(location, await listRefs(http, location.url, HEADS));
}

/** The branch's commit and the server's capabilities: protocol v0, whose fetch every server understands. */
export async function discoverTip(http: GitHttp, location: GitLocation): Promise<Tip> {
  const { url } = location;
  const info = await understood(http, getRemoteInfo2({ http, url, protocolVersion: 1 }));
  const refs: readonly Ref[] = info.refs ?? [];
  const tip = refs.find(({ ref }) => ref === `${HEADS}${location.branch}`);
  if (tip === undefined) throw missing(location, refs);
  return { commit: checkOid(tip.oid), capabilities: Object.keys(info.capabilities) };
}

function listRefs(http: GitHttp, url: string, prefix: string): Promise<readonly Ref[]> {
  return understood(http, listServerRefs({ http, url, prefix }));
}

async function understood<T>(http: GitHttp, answer: Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await answer;
  } catch (error) {
    http.assertIntact();
    if (error instanceof NopeaError) throw error;
    throw new NopeaError("git-protocol", "the Git server's answer is not the Git protocol", {
      cause: error,
    });
  }
  http.assertIntact();
  return result;
}

function missing(location: GitLocation, refs: readonly Ref[]): NopeaError {
  const branches = refs.filter(({ ref }) => ref.startsWith(HEADS));
  const branch = `branch ${excerpt(location.branch)}`;
  if (branches.length === 0) {
    return new NopeaError(
      "git-branch-not-found",
      `${branch} does not exist: the repository is empty, it has no branch at all`,
    );
  }
  const names = branches.slice(0, NAMED).map(({ ref }) => excerpt(ref.slice(HEADS.length), 60));
  const rest = branches.length > NAMED ? `, and ${branches.length - NAMED} more` : "";
  return new NopeaError(
    "git-branch-not-found",
    `${branch} does not exist; the repository has ${names.join(", ")}${rest}`,
  );
}

function checkOid(oid: string): string {
  if (/^[0-9a-f]{40}$/.test(oid)) return oid;
  const what = /^[0-9a-f]{64}$/.test(oid)
    ? "the repository uses SHA-256 object names, which nopea does not support"
    : "the Git server names a commit that is none";
  throw new NopeaError("git-protocol", what);
}
