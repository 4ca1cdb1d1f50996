/** Files that are not Kubernetes objects but often lie beside them: what each is, what renders it, how to leave it out. */
import type { JsonObject } from "../../model/json";
import { groupOf } from "../../model/manifest";

interface ForeignKind {
  readonly name: RegExp;
  readonly what: string;
  /** The command that makes manifests of it. */
  readonly command?: string;
}

const KINDS: readonly ForeignKind[] = [
  {
    name: /^kustomization\.ya?ml$/i,
    what: "the input of kustomize",
    command: "kustomize build",
  },
  {
    name: /^(?:Chart|requirements|values(?:[-_.].*)?)\.ya?ml$|^values\.schema\.json$/i,
    what: "part of a Helm chart",
    command: "helm template",
  },
  {
    name: /^(?:package|package-lock|composer|renovate|lerna|nx|turbo)\.json$/,
    what: "a tool's configuration",
  },
  { name: /^(?:tsconfig|jsconfig)(?:\..*)?\.json$/, what: "the configuration of TypeScript" },
  { name: /^mkdocs\.ya?ml$/, what: "the configuration of MkDocs" },
  { name: /^(?:docker-)?compose(?:\..*)?\.ya?ml$/, what: "a file of Docker Compose" },
  {
    name: /^(?:pnpm-lock|pnpm-workspace|codecov|cloudbuild|azure-pipelines|Taskfile)\.ya?ml$/,
    what: "a tool's configuration",
  },
];

const HELM_EXPRESSION =
  /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files)\b|include\s|template\s|define\s)/;

/** What to say of a file that holds something else than Kubernetes objects. */
export function explainForeign(path: string): string {
  return (
    explainByName(path) ??
    `this is not a Kubernetes object: add apiVersion and kind, or ${leaveOut(path)}`
  );
}

/** What to say of a file whose name is known to mean something else; undefined for every other file. */
export function explainByName(path: string): string | undefined {
  const kind = KINDS.find(({ name }) => name.test(baseOf(path)));
  if (kind === undefined) return undefined;
  const { what, command } = kind;
  return command === undefined
    ? `this is ${what}, not a Kubernetes object: ${leaveOut(path)}`
    : explainSource(what, command, directoryOf(path));
}

/** True for a file of a Helm chart's templates, even one that happens to be YAML. */
export function isTemplate(path: string, text: string): boolean {
  return /(?:^|\/)templates\//.test(path) && HELM_EXPRESSION.test(text);
}

/** True for a kustomization under any file name. */
export function isKustomization({ apiVersion }: JsonObject): boolean {
  return typeof apiVersion === "string" && groupOf(apiVersion) === "kustomize.config.k8s.io";
}

/** What to say of a kustomization. */
export function explainKustomization(path: string): string {
  return explainSource("the input of kustomize", "kustomize build", directoryOf(path));
}

/** What to say of a template of Helm or of something like it. */
export function explainTemplate(path: string): string {
  const chart = /^(.*?)\/?templates\//.exec(path)?.[1] ?? directoryOf(path);
  return explainSource("a template, not YAML", "helm template", chart);
}

function explainSource(what: string, command: string, directory: string): string {
  const folder = directory === "" ? "." : directory;
  const render = `render it in CI (\`${command} ${folder} > rendered/all.yaml\`), commit the result and set spec.path to its folder`;
  return directory === ""
    ? `this is ${what}: ${render}`
    : `this is ${what}: ${render}, or leave it out with the line \`/${directory}/\` in .nopeaignore`;
}

function leaveOut(path: string): string {
  return `set spec.path to a folder that holds only manifests, or leave it out with the line \`/${path}\` in .nopeaignore`;
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
