/** What nopea's CustomResourceDefinitions have in common: namespaced, one version. */
import { API_GROUP } from "../../../model/annotations";
import type { JsonObject } from "../../../model/json";
import { object, text } from "./schema";

export interface Definition extends JsonObject {
  readonly metadata: { readonly name: string; readonly labels: JsonObject };
}

/** By which nopea finds its own. */
export const OWN_LABELS = { "app.kubernetes.io/name": "nopea" };

export interface DefinitionParts {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly columns: readonly JsonObject[];
  readonly description: string;
  readonly spec: JsonObject;
  readonly status: JsonObject;
  /** Who writes the spec does not write the status, and the other way round. */
  readonly hasSubresource: boolean;
  readonly required?: readonly string[];
}

/** The definition of one of nopea's own kinds. */
export function define(parts: DefinitionParts): Definition {
  const { kind, plural, shortNames, columns, description, spec, status, required } = parts;
  const subresources = parts.hasSubresource ? { subresources: { status: {} } } : {};
  const properties = {
    apiVersion: text("Version of the API."),
    kind: text(`${kind}.`),
    metadata: { type: "object" },
    spec,
    status,
  };
  const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames };
  const version = {
    name: "v1alpha1",
    served: true,
    storage: true,
    ...subresources,
    additionalPrinterColumns: columns,
    schema: { openAPIV3Schema: object(description, properties, required) },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${API_GROUP}`, labels: OWN_LABELS },
    spec: { group: API_GROUP, scope: "Namespaced", names, versions: [version] },
  };
}

/** A column of `kubectl get`; text unless told otherwise. */
export function column(name: string, jsonPath: string, more: JsonObject = {}): JsonObject {
  return { name, jsonPath, type: "string", ...more };
}
