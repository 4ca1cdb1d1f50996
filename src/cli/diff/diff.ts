/** `nopea diff`: what the next sync of a repository would change, by dry runs alone. */
import { sha256 } from "../../adapters/sha256";
import { kindId, type Desired, type KindInfo } from "../../model/manifest";
import { ownerMarks } from "../../model/ownership";
import { EXIT, type Answer, type Context } from "../context";
import { readDeclared } from "../render/declared";
import { askObject, type Asking } from "./ask-object";
import { askOrphans } from "./ask-orphans";
import type { ObjectChange } from "./change";
import { locateDeclared, type Placed } from "./locate-declared";
import { printChanges } from "./print-changes";
import { readRepository } from "./repository";
import { readSource } from "./source";

export interface DiffOptions {
  readonly name: string;
  /** A working tree that is compared instead of the branch. */
  readonly local?: string | undefined;
}

/** Exit code `found` where a sync would change something. Nothing is written. */
export async function diff(context: Context, { name, local }: DiffOptions): Promise<Answer> {
  context.progress(`reading GitRepository ${name}`);
  const repository = await readRepository(context, name);
  const { spec, status, id } = repository;
  const source = await readSource(context, repository, local);
  const { declared, notices } = readDeclared(source);
  const marks = ownerMarks(id, sha256);
  const { targetNamespace } = spec;
  const placed = await locateDeclared(context, { declared, marks, targetNamespace, status });
  const asking = { repository, marks, served: placed.served, namespaces: namespacesIn(placed) };
  const kinds = kindsOf(placed);
  const changes = [
    ...(await askAll(context, placed.desired, asking)),
    ...unserved(placed),
    ...(await askOrphans(context, { kinds, desired: placed.desired, marks, prune: spec.prune })),
  ];
  const from = `${id.namespace}/${id.name}: ${source.described}`;
  const suspended = spec.suspend ? ["suspended: nothing of this is applied (spec.suspend)"] : [];
  const value = { repository: `${id.namespace}/${id.name}`, source: source.described, changes };
  const head = context.colors.bold(`${from}, ${summary(changes, placed.desired.length)}`);
  const text = [head, ...suspended, ...notices, printChanges(changes, context.colors)]
    .filter(line => line !== "")
    .join("\n");
  return { value, text, exitCode: changes.length === 0 ? EXIT.ok : EXIT.found };
}

const AT_ONCE = 8;

/** In the order of the files. */
async function askAll(
  context: Context,
  desired: readonly Desired[],
  asking: Asking,
): Promise<readonly ObjectChange[]> {
  const answers: (ObjectChange | undefined)[] = [];
  const queue = desired.entries();
  const worker = async () => {
    for (const [at, one] of queue) {
      context.progress(`asking the API server: ${at + 1} of ${desired.length}`);
      answers[at] = await askObject(context, one, asking);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers.filter(answer => answer !== undefined);
}

function namespacesIn({ desired }: Placed): ReadonlySet<string> {
  return new Set(desired.flatMap(({ key }) => (key.kind === "Namespace" ? [key.name] : [])));
}

/** Kinds in which there may be orphans. */
function kindsOf({ desired, served, before }: Placed): readonly KindInfo[] {
  const declared = desired.map(({ kind }) => kind).filter(kind => served.has(kindId(kind)));
  return [...new Map([...before, ...declared].map(kind => [kindId(kind), kind])).values()];
}

function unserved({ unknown }: Placed): readonly ObjectChange[] {
  return unknown.map(({ manifest, source, fault }) => ({
    object: `${manifest.kind}/${manifest.metadata.name}`,
    action: "refused" as const,
    source: `${source.file}:${source.line}`,
    fields: [],
    notes: [fault?.message ?? `the cluster knows no ${kindId(manifest)}`],
  }));
}

function summary(changes: readonly ObjectChange[], total: number): string {
  const words = { create: "to create", update: "to change", delete: "to delete" } as const;
  const count = (action: ObjectChange["action"]) =>
    changes.filter(change => change.action === action).length;
  const parts = [
    ...Object.entries(words).map(
      ([action, word]) => [count(action as keyof typeof words), word] as const,
    ),
    [count("orphan"), "orphaned"] as const,
    [count("refused"), "refused"] as const,
  ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  const objects = total === 1 ? "1 object" : `${total} objects`;
  return parts.length === 0 ? `${objects}, no differences` : `${objects}: ${parts.join(", ")}`;
}
