/** The files that are compared with the cluster: of the branch's tip, or of a working tree. */
import { createGitConnections, proxiesOf } from "../../adapters/git/connections";
import { createGitSource } from "../../adapters/git/git-source";
import { readGitSecret } from "../../adapters/kube/git-secret";
import { parseGitCredentials } from "../../core/repository/git-credentials";
import { NopeaError } from "../../model/errors";
import type { GitCredentials } from "../../model/git-repository";
import type { GitTree } from "../../ports";
import { readLocal } from "../api/read-local";
import { CommandError, type Context } from "../context";
import type { ReadableRepository } from "./repository";

export interface Source extends Omit<GitTree, "commit"> {
  /** "commit 8f3c… of main", "working tree ./deploy" */
  readonly described: string;
  readonly commit?: string;
}

/** Fetches with the repository's own Secret, as whoever runs the command may read it. */
export async function readSource(
  context: Context,
  repository: ReadableRepository,
  local: string | undefined,
): Promise<Source> {
  if (local !== undefined) {
    context.progress(`reading ${local}`);
    const { problem, ...tree } = await readLocal(local);
    const unknown = problem === undefined ? "" : ` (nothing is left out by .gitignore: ${problem})`;
    return { ...tree, described: `working tree ${local}${unknown}` };
  }
  const { url, branch, path, timeoutMs } = repository.spec;
  const credentials = await credentialsOf(context, repository);
  const remote = { url, branch, path, ...(credentials === undefined ? {} : { credentials }) };
  // the caller's own machine: it may ask whom it likes
  const policy = { allowPrivate: true, allowLoopback: true };
  const proxies = proxiesOf(process.env);
  const connections = createGitConnections({ policy: () => policy, proxies });
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    context.progress(`asking ${url} for ${branch}`);
    const git = createGitSource({ connections });
    const commit = await git.resolve(remote, signal);
    context.progress(`fetching ${commit.slice(0, 12)}`);
    const tree = await git.fetch(remote, commit, () => undefined, signal);
    return { ...tree, described: `commit ${commit.slice(0, 12)} of ${branch}` };
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!signal.aborted) throw cause;
    const message = `${url} did not answer within spec.timeout, as asked from here.\nA working tree needs no Git server: --local DIR.`;
    throw new CommandError(message, undefined, { cause });
  } finally {
    await connections.destroy();
  }
}

async function credentialsOf(
  { kube, signal }: Context,
  { id: { namespace }, spec }: ReadableRepository,
): Promise<GitCredentials | undefined> {
  if (spec.secretName === undefined) return undefined;
  const name = { namespace, name: spec.secretName };
  try {
    return await readGitSecret(kube, parseGitCredentials, name, signal);
  } catch (cause) {
    if (!(cause instanceof NopeaError) || cause.code !== "object-forbidden") throw cause;
    const message = `You may not read Secret ${namespace}/${spec.secretName}, which the Git server asks for.\nAsk for that right, or compare a working tree of yours: --local DIR.`;
    throw new CommandError(message, undefined, { cause });
  }
}
