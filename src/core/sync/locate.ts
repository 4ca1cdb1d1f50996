/** Turns what Git declares into what nopea applies: kind looked up, namespace resolved, labels set, digest taken. */
import type { Declared, Desired, KindInfo, Manifest, Problem } from "../../model/manifest";
import { groupOf, kindId } from "../../model/manifest";
import { formatKey, type ObjectKey } from "../../model/object-key";
import { toCanonicalJson } from "../../model/json";
import type { OwnerMarks, Sha256 } from "../../model/ownership";
import type { Fault } from "../../model/verdict";

export interface Locating {
  readonly marks: OwnerMarks;
  readonly targetNamespace?: string | undefined;
  /** By kindId. */
  readonly kinds: ReadonlyMap<string, KindInfo>;
  /** By kindId: kinds of which nobody could say how they are served. */
  readonly unavailable: ReadonlyMap<string, Fault>;
  readonly sha256: Sha256;
}

/** An object of a kind that nobody serves, or (with the fault) of one that is unavailable. */
export interface Unknown extends Declared {
  readonly fault?: Fault | undefined;
}

export interface Located {
  readonly desired: readonly Desired[];
  readonly unknown: readonly Unknown[];
  /** The same object declared twice. */
  readonly problems: readonly Problem[];
}

/** The order of the result is that of `declared`. */
export function locate(declared: readonly Declared[], context: Locating): Located {
  const locator = beginLocating(context);
  declared.forEach(locator.add);
  return locator.end();
}

/** The same one by one: ten thousand objects take a while. */
export function beginLocating(context: Locating) {
  const desired = new Map<string, Desired>();
  const unknown: Unknown[] = [];
  const problems: Problem[] = [];
  const add = (item: Declared): void => {
    const id = kindId(item.manifest);
    const kind = context.kinds.get(id);
    if (kind === undefined) {
      unknown.push({ ...item, fault: context.unavailable.get(id) });
      return;
    }
    const located = place(item, kind, context);
    const key = formatKey(located.key);
    const first = desired.get(key);
    if (first === undefined) desired.set(key, located);
    else problems.push(twice(key, first, located));
  };
  return { add, end: (): Located => ({ desired: [...desired.values()], unknown, problems }) };
}

/** The namespace that an object goes to: the target wins, then its own, then the repository's; "" if it takes none. */
function namespaceOf(manifest: Manifest, kind: KindInfo, context: Locating): string {
  if (!kind.namespaced) return "";
  const own = manifest.metadata.namespace ?? "";
  return context.targetNamespace ?? (own === "" ? context.marks.repository.namespace : own);
}

function place({ manifest, source }: Declared, kind: KindInfo, context: Locating): Desired {
  const namespace = namespaceOf(manifest, kind, context);
  const key: ObjectKey = {
    group: groupOf(kind.apiVersion),
    kind: kind.kind,
    namespace,
    name: manifest.metadata.name,
  };
  const { namespace: own, ...metadata } = manifest.metadata;
  const placed: Manifest = {
    ...manifest,
    metadata: {
      ...metadata,
      name: key.name,
      ...(namespace === "" ? {} : { namespace }),
      labels: { ...manifest.metadata.labels, ...context.marks.labels },
    },
  };
  const digest = context.sha256(toCanonicalJson(placed));
  return { key, kind, manifest: placed, digest, source };
}

function twice(id: string, first: Desired, second: Desired): Problem {
  return {
    ...second.source,
    message: `${id} is declared here and in ${first.source.file}:${first.source.line}: keep one of the two`,
  };
}
