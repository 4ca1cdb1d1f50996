/** How people name a kind, as kubectl takes it: plural, singular, short name or kind, with or without its group. */
import { isList, isObject, type JsonObject } from "../../model/json";
import type { KindInfo } from "../../model/manifest";
import { text, texts } from "../api/fields";

/** `deployments.apps/api`, split up. */
export interface Named {
  /** Lower case: "deployments", "deploy", "deployment". */
  readonly resource: string;
  /** "apps", "v1.apps"; "" where none was given. */
  readonly group: string;
  readonly name: string;
}

/** A resource of a group version, with all the names that it answers to. */
export interface Resource {
  readonly kind: KindInfo;
  /** Lower case. */
  readonly names: ReadonlySet<string>;
}

/** Undefined for what is not `type/name`. */
export function parseNamed(argument: string): Named | undefined {
  const [type = "", name = "", ...more] = argument.split("/");
  if (type === "" || name === "" || more.length > 0) return undefined;
  const [resource = "", ...group] = type.toLowerCase().split(".");
  return resource === "" ? undefined : { resource, group: group.join("."), name };
}

/** The resources of a group version, as its discovery document tells them; what cannot be patched is left out. */
export function resourcesOf(apiVersion: string, document: JsonObject): readonly Resource[] {
  const resources = isList(document.resources) ? document.resources.filter(isObject) : [];
  return resources.flatMap(resource => resourceOf(apiVersion, resource) ?? []);
}

function resourceOf(apiVersion: string, resource: JsonObject): Resource | undefined {
  const plural = text(resource, "name");
  const kind = text(resource, "kind");
  const isPart = plural.includes("/");
  if (plural === "" || kind === "" || isPart || !texts(resource, "verbs").includes("patch")) {
    return undefined;
  }
  const names = [plural, text(resource, "singularName"), kind, ...texts(resource, "shortNames")];
  return {
    kind: { apiVersion, kind, plural, namespaced: resource.namespaced === true },
    names: new Set(names.filter(name => name !== "").map(name => name.toLowerCase())),
  };
}
