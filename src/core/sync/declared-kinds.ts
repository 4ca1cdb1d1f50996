/** Kinds that a commit brings along: a CustomResourceDefinition says how its resources are served before it is applied. */
import { isList, isObject } from "../../model/json";
import type { Declared, KindInfo } from "../../model/manifest";
import type { ObjectKey } from "../../model/object-key";

/** The kinds of every CustomResourceDefinition among the declared objects, all versions of each. */
export function declaredKinds(declared: readonly Declared[]): readonly KindInfo[] {
  return declared.flatMap(({ manifest }) =>
    manifest.kind === "CustomResourceDefinition" ? kindsOf(manifest.spec) : [],
  );
}

function kindsOf(spec: unknown): readonly KindInfo[] {
  if (!isObject(spec) || !isObject(spec.names) || !isList(spec.versions)) return [];
  const { group, scope, names } = spec;
  const { kind, plural } = names;
  if (typeof group !== "string" || typeof kind !== "string" || typeof plural !== "string")
    return [];
  return spec.versions.flatMap(version =>
    isObject(version) && typeof version.name === "string"
      ? [
          {
            apiVersion: `${group}/${version.name}`,
            kind,
            plural,
            namespaced: scope === "Namespaced",
          },
        ]
      : [],
  );
}

/** What the definition of an object's kind has to be called, as formatKey writes it; built-in kinds have none. */
export function definitionOf({ plural }: KindInfo, { group }: ObjectKey): string {
  return `CustomResourceDefinition.apiextensions.k8s.io/${plural}.${group}`;
}
