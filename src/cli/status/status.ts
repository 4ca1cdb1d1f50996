/** `nopea status`: how the repositories stand. */
import { isObject, type JsonObject } from "../../model/json";
import { list, read } from "../api/ask";
import { part } from "../api/fields";
import { oneNamespace } from "../api/one-namespace";
import { GIT_REPOSITORIES } from "../../model/own-kinds";
import { EXIT, type Answer, type Context } from "../context";
import { details } from "./details";
import { overview } from "./overview";
import { isBroken, summarise, type Summary } from "./summary";

export interface StatusOptions {
  /** Absent: all of them. */
  readonly name?: string | undefined;
  /** Whether the exit code tells of what is broken. */
  readonly exitCode: boolean;
}

/** A table of all, or all there is to say of one. */
export async function status(context: Context, options: StatusOptions): Promise<Answer> {
  const { name, exitCode } = options;
  context.progress("Reading GitRepositories");
  return name === undefined ? ofAll(context, exitCode) : ofOne(context, name, exitCode);
}

async function ofAll(context: Context, exitCode: boolean): Promise<Answer> {
  const { namespace, allNamespaces } = context;
  const summaries = (await list(context, GIT_REPOSITORIES)).map(summarise).sort(byPlace);
  const where = allNamespaces ? "in any namespace" : `in namespace ${namespace}`;
  const hint = allNamespaces ? "" : " (-A looks in all of them)";
  const none = `There is no GitRepository ${where}${hint}.`;
  return {
    value: { repositories: summaries },
    text: summaries.length === 0 ? none : overview(summaries, context),
    exitCode: codeOf(summaries, exitCode),
  };
}

async function ofOne(context: Context, name: string, exitCode: boolean): Promise<Answer> {
  const namespace = oneNamespace(context);
  const repository = await read(context, { kind: GIT_REPOSITORIES, namespace, name });
  return {
    value: valueOf(repository),
    text: details(repository, context),
    exitCode: codeOf([summarise(repository)], exitCode),
  };
}

/** Without what only the API server needs, and without the address that may be a secret. */
function valueOf({ spec, status, ...rest }: JsonObject): JsonObject {
  const { namespace, name, generation } = part(rest, "metadata");
  return { namespace, name, generation, spec: isObject(spec) ? shown(spec) : {}, status };
}

function shown(spec: JsonObject): JsonObject {
  const { notify } = spec;
  if (!isObject(notify) || notify.url === undefined) return spec;
  return { ...spec, notify: { ...notify, url: "(hidden)" } };
}

function codeOf(summaries: readonly Summary[], exitCode: boolean): Answer["exitCode"] {
  return exitCode && summaries.some(isBroken) ? EXIT.found : EXIT.ok;
}

function byPlace(a: Summary, b: Summary): number {
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}
