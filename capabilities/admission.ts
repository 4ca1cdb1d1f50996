/** Admission of managed objects: what reaches it is decided by the webhook configurations that the watcher keeps. */
import { a, Capability } from "pepr";
import type { Admission } from "../src/model/admission";
import { API_GROUP } from "../src/model/annotations";
import { isObject } from "../src/model/json";

/** Never throw, and never refuse. */
export interface Hooks {
  /** Decides on a write; `take` gives what was decided, by the uid of the request. */
  mutate(request: unknown): void;
  take(uid: string): Admission | undefined;
  /** Sees what no object can carry: deletions, and writes of the scale subresource. Resolves with warnings. */
  witness(request: unknown): Promise<readonly string[]>;
}

/** Matches every request, but gives Pepr's own webhook configurations nothing to match. */
const ANY = { group: "", version: "", kind: "", plural: "nopea-any" };

/** The capability; in the build the hooks are never called. */
export function createAdmission(hooks: Hooks): Capability {
  const capability = new Capability({
    name: "evidence",
    description: "Records who edits what GitRepositories manage, and tells them what becomes of it",
  });
  const { When } = capability;

  When(a.GenericKind, ANY)
    .IsCreatedOrUpdated()
    .Mutate(function stamp(request) {
      hooks.mutate(wholeOf(request.Request));
    });

  When(a.GenericKind, ANY)
    .IsUpdated()
    .Validate(async function witnessScale(request) {
      if (request.Request.subResource !== "scale") return request.Approve();
      return request.Approve([...(await hooks.witness(wholeOf(request.Request)))]);
    });

  When(a.GenericKind, ANY)
    .IsDeleted()
    .Validate(async function witnessDeletion(request) {
      return request.Approve([...(await hooks.witness(wholeOf(request.Request)))]);
    });

  return capability;
}

/** A request as Pepr hands it around. */
interface Request {
  readonly kind?: { readonly group?: string };
  object?: unknown;
  oldObject?: unknown;
}

const wholes = new WeakMap<Request, Request>();

/**
 * Pepr copies the object, decodes Secrets and compares the copy with it, for a patch that nobody needs: it gets what it
 * chooses actions by, and the hooks the whole. A GitRepository stays as it is: Pepr hands its copy to whoever judges it.
 */
export function setAside(request: Request): void {
  if (request.kind?.group === API_GROUP) return;
  wholes.set(request, { ...request });
  request.object = shellOf(request.object);
  request.oldObject = shellOf(request.oldObject);
}

function wholeOf(request: Request): Request {
  return wholes.get(request) ?? request;
}

function shellOf(object: unknown): unknown {
  if (!isObject(object)) return object;
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  return { apiVersion, kind, metadata: { name, namespace } };
}

interface Response {
  readonly uid: string;
  patch?: string;
  patchType?: "JSONPatch";
  warnings?: string[];
}

/** What was decided becomes the answer; Pepr's own patch, which would leave its annotation on every object, does not. */
export function answer(hooks: Pick<Hooks, "take">, response: Response): void {
  const admission = hooks.take(response.uid);
  if (admission === undefined && response.patch === undefined) return;
  const { patch, warnings } = admission ?? { patch: [], warnings: [] };
  delete response.patch;
  delete response.patchType;
  if (patch.length > 0) {
    response.patch = Buffer.from(JSON.stringify(patch)).toString("base64");
    response.patchType = "JSONPatch";
  }
  if (warnings.length > 0) response.warnings = [...warnings];
}
