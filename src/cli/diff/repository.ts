/** The GitRepository whose next sync is asked about. */
import { objectPath } from "../../adapters/kube/paths";
import { serverMessage } from "../../adapters/kube/faults";
import { parseRepository } from "../../core/repository/parse-repository";
import type { Repository, RepositorySpec } from "../../model/git-repository";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { oneNamespace } from "../api/one-namespace";
import { CommandError, type Context } from "../context";

export interface ReadableRepository extends Repository {
  readonly spec: RepositorySpec;
}

/** Reads it; a CommandError where there is none, or its spec cannot be used. */
export async function readRepository(context: Context, name: string): Promise<ReadableRepository> {
  const { kube, signal, server } = context;
  const namespace = oneNamespace(context);
  const answer = await kube({ path: objectPath(GIT_REPOSITORIES, { namespace, name }), signal });
  if (answer.status === 404) {
    throw new CommandError(
      `There is no GitRepository ${name} in namespace ${namespace} (${server}).\nCheck the name, or another namespace with -n.`,
    );
  }
  if (answer.status >= 300) {
    throw new CommandError(
      `GitRepository ${namespace}/${name} cannot be read: ${answer.status} ${serverMessage(answer.body)}`,
    );
  }
  const repository = parseRepository(answer.body);
  if (repository === undefined) throw new CommandError(`${namespace}/${name} is no object`);
  const { parsed } = repository;
  if (parsed.ok) return { ...repository, spec: parsed.spec };
  throw new CommandError(
    `GitRepository ${namespace}/${name} cannot be used:\n${parsed.problems.join("\n")}`,
  );
}
