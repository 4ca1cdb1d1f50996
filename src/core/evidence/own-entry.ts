/** What nopea owns of an object, found by the object alone: its labels say whose it is, managedFields which fields. */
import { parseFieldSet, type FieldSet } from "../../model/field-set";
import type { JsonObject } from "../../model/json";
import { labelledOwner, type RepositoryName } from "../../model/ownership";
import { entriesOf } from "../drift/own-fields";
import { textsOf } from "./own-names";

/** The name under which the repository of the object's labels applies it; undefined where managedFields know none. */
export function ownManager(object: JsonObject): string | undefined {
  const owner = labelledOwner(textsOf(object, "labels"));
  if (owner === undefined) return undefined;
  const managers = entriesOf(object).flatMap(entry => (isOurs(entry) ? [entry.manager] : []));
  const exact = `nopea:${owner.namespace}/${owner.name}`;
  // a name that was cut and hashed, in the label or in the manager, is known by how it begins
  return managers.find(name => name === exact) ?? managers.find(name => isNearly(name, owner));
}

/** The fields of the manager's Apply entry; undefined where there is no such entry, as after managedFields were wiped. */
export function fieldsOfManager(
  object: JsonObject,
  manager: string | undefined,
): FieldSet | undefined {
  const entry = entriesOf(object).find(entry => isOurs(entry) && entry.manager === manager);
  return entry === undefined ? undefined : parseFieldSet(entry.fieldsV1).fields;
}

type OwnEntry = JsonObject & { readonly manager: string };

function isOurs(entry: JsonObject): entry is OwnEntry {
  const { manager, operation, subresource } = entry;
  const isOfWhole = (subresource ?? "") === "";
  return (
    isOfWhole &&
    operation === "Apply" &&
    typeof manager === "string" &&
    manager.startsWith("nopea:")
  );
}

/** Characters of a label and of a field manager whose name was too long, and of it before the hash (contract.md). */
const LABEL = { length: 63, name: 54 };
const MANAGER = { length: 128, name: 119 };

function isNearly(manager: string, { namespace, name }: RepositoryName): boolean {
  const isLabelCut = name.length === LABEL.length;
  if (!isLabelCut && manager.length < MANAGER.length) return false;
  const begin = `nopea:${namespace}/${isLabelCut ? name.slice(0, LABEL.name) : name}`;
  return manager.startsWith(begin.slice(0, MANAGER.name));
}
