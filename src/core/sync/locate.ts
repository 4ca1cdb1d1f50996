/** Turns what Git declares into what nopea applies: kind looked up, namespace resolved, labels set, digest taken. */
import type { Declared, Desired, KindInfo, Manifest, Problem } from "../../model/manifest";
import { groupOf } from "../../model/manifest";
import { formatKey, type ObjectKey } from "../../model/object-key";
import { toCanonicalJson } from "../../model/json";
import type { OwnerMarks, Sha256 } from "../../model/ownership";
import { kindId } from "./declared-kinds";

export interface Locating {
  readonly marks: OwnerMarks;
  readonly targetNamespace?: string | undefined;
  /** By kindId. */
  readonly kinds: ReadonlyMap<string, KindInfo>;
  readonly sha256: Sha256;
}

export interface Located {
  readonly desired: readonly Desired[];
  /** Objects of kinds that nobody serves. */
  readonly unknown: readonly Declared[];
  /** The same object declared twice. */
  readonly problems: readonly Problem[];
}

/** The order of the result is that of `declared`. */
export function locate(declared: readonly Declared[], context: Locating): Located {
  const desired = new Map<string, Desired>();
  const unknown: Declared[] = [];
  const problems: Problem[] = [];
  for (const item of declared) {
    const kind = context.kinds.get(kindId(item.manifest.apiVersion, item.manifest.kind));
    if (kind === undefined) {
      unknown.push(item);
      continue;
    }
    const located = place(item, kind, context);
    const id = formatKey(located.key);
    const first = desired.get(id);
    if (first === undefined) desired.set(id, located);
    else problems.push(twice(id, first, located));
  }
  return { desired: [...desired.values()], unknown, problems };
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
