/** `nopea render`: what a working tree would apply, found out without a cluster. */
import type { WorkingTree } from "../../adapters/git/working-tree";
import { sha256 } from "../../adapters/sha256";
import { locate } from "../../core/sync/locate";
import { stageOf } from "../../core/sync/stages";
import type { Declared, Manifest } from "../../model/manifest";
import { ownerMarks, type OwnerMarks } from "../../model/ownership";
import { readLocal } from "../api/read-local";
import { EXIT, type Answer } from "../context";
import type { OfflineContext } from "../run";
import { kindsWithoutCluster } from "./built-in-kinds";
import { readDeclared, refuse } from "./declared";
import { toDocuments, withoutValues } from "./documents";

export interface RenderOptions {
  readonly directory: string;
  /** spec.targetNamespace */
  readonly targetNamespace?: string | undefined;
  /** Of the GitRepository; undefined: objects without a namespace stay without one. */
  readonly namespace?: string | undefined;
  /** Name of the GitRepository; undefined: no labels are set. */
  readonly repository?: string | undefined;
  readonly showSecrets: boolean;
}

/** Objects in the order in which a sync begins to write them. */
export async function render(
  { progress }: Pick<OfflineContext, "progress">,
  options: RenderOptions,
): Promise<Answer> {
  progress(`reading ${options.directory}`);
  const tree = await readLocal(options.directory);
  const { declared, notices } = readDeclared(tree);
  const manifests = inApplyOrder(place(declared, options));
  const shown = options.showSecrets ? manifests : manifests.map(withoutValues);
  const isHidden = shown.some((manifest, at) => manifest !== manifests[at]);
  const comments = [
    ...unknownIgnored(tree),
    ...notices,
    ...(isHidden ? ["Values of Secrets are hidden: --show-secrets shows them"] : []),
  ];
  const text = shown.length === 0 ? nothing(options.directory) : toDocuments(shown, comments);
  return { value: shown, text, exitCode: EXIT.ok };
}

/** Then files may be shown that no commit holds. */
function unknownIgnored({ problem }: WorkingTree): readonly string[] {
  return problem === undefined ? [] : [`Nothing is left out by .gitignore: ${problem}`];
}

function nothing(directory: string): string {
  return `# ${directory} declares nothing: no .yaml, .yml or .json file that is neither hidden nor ignored`;
}

function place(declared: readonly Declared[], options: RenderOptions): readonly Manifest[] {
  const { targetNamespace, namespace = "", repository } = options;
  const marks = marksOf(namespace, repository);
  const kinds = kindsWithoutCluster(declared);
  const locating = { marks, targetNamespace, kinds, unavailable: new Map(), sha256 };
  const { desired, unknown, problems } = locate(declared, locating);
  refuse(problems);
  return [
    ...desired.map(({ manifest }) => manifest),
    ...unknown.map(({ manifest }) => labelled(manifest, marks)),
  ];
}

function marksOf(namespace: string, name: string | undefined): OwnerMarks {
  const marks = ownerMarks({ namespace, name: name ?? "" }, sha256);
  return name === undefined || namespace === "" ? { ...marks, labels: {} } : marks;
}

/** Nobody knows whether its kind takes a namespace: it keeps what it says. */
function labelled(manifest: Manifest, { labels }: OwnerMarks): Manifest {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
}

function inApplyOrder(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests
    .map(tidied)
    .map((manifest, at) => ({ manifest, at, stage: stageOf(manifest) }))
    .sort((a, b) => a.stage - b.stage || a.at - b.at)
    .map(({ manifest }) => manifest);
}

/** Without labels that are none. */
function tidied(manifest: Manifest): Manifest {
  const { labels, ...metadata } = manifest.metadata;
  const has = labels !== undefined && Object.keys(labels).length > 0;
  return has ? manifest : { ...manifest, metadata: metadata };
}
