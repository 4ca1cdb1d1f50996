/** The tip of a branch, asked of the server. */
import { NopeaError } from "../../model/errors";
import type { Ref } from "./advertisement";
import type { Conversation } from "./conversation";
import { excerpt } from "./printable";

const HEADS = "refs/heads/";
const NAMED = 8;

/** The branch's commit: asked for with a prefix, so that the answer is small however many refs there are. */
export async function resolveBranch(conversation: Conversation, branch: string): Promise<string> {
  const name = `${HEADS}${branch}`;
  const refs = await conversation.refs(name);
  const tip = refs.find(ref => ref.name === name);
  if (tip !== undefined) return tip.oid;
  throw missing(branch, await conversation.refs(HEADS));
}

function missing(branch: string, refs: readonly Ref[]): NopeaError {
  const branches = refs.filter(({ name }) => name.startsWith(HEADS));
  const sentence = `branch ${excerpt(branch)} does not exist`;
  if (branches.length === 0) {
    return new NopeaError(
      "git-branch-not-found",
      `${sentence}: the repository is empty, it has no branch at all`,
    );
  }
  const names = branches.slice(0, NAMED).map(({ name }) => excerpt(name.slice(HEADS.length), 60));
  const rest = branches.length > NAMED ? `, and ${branches.length - NAMED} more` : "";
  return new NopeaError(
    "git-branch-not-found",
    `${sentence}; the repository has ${names.join(", ")}${rest}`,
  );
}
