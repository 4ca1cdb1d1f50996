/** What the validating hook makes of a request: who deleted or scaled what is managed, since no object can carry that. */
import type { AdmissionRequest } from "../../model/admission";
import type { Change } from "../../model/episode";
import { formatPath, type FieldPath } from "../../model/field-path";
import { isObject, toCanonicalJson, type Json, type JsonObject } from "../../model/json";
import { groupOf } from "../../model/manifest";
import type { Sha256 } from "../../model/ownership";
import type { Testimony } from "../../model/testimony";
import { valueAt } from "../drift/project";
import { uidOf } from "../drift/snapshot";
import { editId, recordName } from "../heal/record-name";
import { shown } from "../heal/shown";
import { toldGroups, toldName } from "./groups";
import type { Knowing } from "./knowing";
import { ownFieldsV1, ownManager, owns } from "./own-entry";
import { writerOf } from "./who";

/** What a request is about, if it is of interest at all. */
export type Deed = "DELETE" | "SCALE";

/** Undefined: nobody needs to be told of it. nopea and the control plane carry out what is known already. */
export function deedOf({
  operation,
  subresource,
  user,
  dryRun,
}: AdmissionRequest): Deed | undefined {
  if (dryRun || writerOf(user) !== "somebody") return undefined;
  if (operation === "DELETE" && subresource === "") return "DELETE";
  return operation === "UPDATE" && subresource === "scale" ? "SCALE" : undefined;
}

export interface Witnessed {
  readonly request: AdmissionRequest;
  readonly deed: Deed;
  /** The whole object that is deleted or scaled, as it is stored. */
  readonly target: JsonObject;
}

/** Undefined: nothing changes by it. */
export function testify(
  { request, deed, target }: Witnessed,
  { now, showValues, openFields }: Pick<Knowing, "now" | "showValues" | "openFields">,
  sha256: Sha256,
): Testimony | undefined {
  const { kind, apiVersion } = target;
  const uid = uidOf(target);
  const changes = deed === "DELETE" ? [] : scaling(request, target, openFields(uid));
  if (typeof kind !== "string" || typeof apiVersion !== "string") return undefined;
  if (uid === "" || changes === undefined || isTerminating(target)) return undefined;
  const { namespace, name } = nameOf(target);
  const manager = request.fieldManager;
  return {
    record: recordName(uid, now, sha256),
    key: { group: groupOf(apiVersion), kind, namespace, name },
    apiVersion,
    uid,
    edit: {
      id: editId(uid, now, `${deed} ${request.uid}`, sha256),
      by: toldName(request.user),
      groups: toldGroups(request.user),
      at: now,
      verb: deed,
      ...(manager === "" ? {} : { manager }),
      source: "admission",
      changes: changes.map(change => shown(change, kind, showValues)),
    },
  };
}

/** The request that deletes a whole collection names none of its objects. */
export function nameOf({ metadata }: JsonObject): { namespace: string; name: string } {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return {
    namespace: typeof namespace === "string" ? namespace : "",
    name: typeof name === "string" ? name : "",
  };
}

/** Undefined: to the number that it has, or it is not Git's. A CustomResourceDefinition may call the field otherwise. */
function scaling(
  { object, oldObject }: AdmissionRequest,
  target: JsonObject,
  open: readonly FieldPath[],
): readonly Change[] | undefined {
  const [from, to] = [replicasOf(oldObject), replicasOf(object)];
  if (from === to || !isDeclared(target, open)) return undefined;
  return [{ path: REPLICAS, from: toCanonicalJson(from), to: toCanonicalJson(to) }];
}

const REPLICAS = "spec.replicas";
const REPLICAS_PATH: FieldPath = ["spec", "replicas"].map(name => ({ kind: "field", name }));

/** What nobody declares is nobody's business; where the number stands elsewhere, the watch finds out. */
function isDeclared(target: JsonObject, open: readonly FieldPath[]): boolean {
  if (valueAt(target, REPLICAS_PATH) === undefined) return true;
  const own = ownFieldsV1(target, ownManager(target)) ?? {};
  return owns(own, REPLICAS_PATH) || open.some(path => formatPath(path) === REPLICAS);
}

/** A Scale leaves a 0 out. */
function replicasOf(scale: JsonObject | undefined): Json {
  const spec = scale?.spec;
  return isObject(spec) ? (spec.replicas ?? 0) : 0;
}

function isTerminating({ metadata }: JsonObject): boolean {
  return isObject(metadata) && metadata.deletionTimestamp !== undefined;
}
