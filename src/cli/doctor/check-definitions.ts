/** The API server's version and nopea's CustomResourceDefinitions, and whether Flux's are beside them. */
import type { Definition } from "../../adapters/kube/crds/definition";
import { driftRecordDefinition } from "../../adapters/kube/crds/drift-record";
import { gitRepositoryDefinition } from "../../adapters/kube/crds/git-repository";
import { readVersion, versionProblem } from "../../adapters/kube/version";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { Context } from "../context";
import { ok, problem, warning, type Finding } from "./finding";
import { part, parts } from "../api/fields";
import { hasCondition, probe, unreadable } from "./probe";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Server-side apply is what nopea stands on. */
export async function checkVersion({ kube, signal }: Context): Promise<readonly Finding[]> {
  const found = await readVersion(kube, signal);
  const tooOld = versionProblem(found);
  const version = found.version === "" ? "of an unknown version" : found.version;
  return tooOld === undefined
    ? [ok("API server", `${version}, 1.22 or newer is needed`)]
    : [problem("API server", tooOld, "upgrade the cluster")];
}

/** Present, Established, and with every field that this version knows. */
export async function checkDefinitions(context: Context): Promise<readonly Finding[]> {
  const definitions = [gitRepositoryDefinition, driftRecordDefinition];
  return Promise.all(definitions.map(definition => checkDefinition(context, definition)));
}

async function checkDefinition(context: Context, definition: Definition): Promise<Finding> {
  const { name } = definition.metadata;
  const check = `CustomResourceDefinition ${name}`;
  const probed = await probe(context, `${DEFINITIONS}/${name}`);
  if (probed.state === "unreadable") return unreadable(check, probed.why);
  if (probed.state === "absent") {
    return problem(
      check,
      "missing",
      "the watcher puts it in place when it starts: see Deployments",
    );
  }
  const { object } = probed;
  if (part(object, "metadata").deletionTimestamp !== undefined) {
    return problem(check, "is being deleted", "wait, or run nopea uninstall to its end");
  }
  if (!hasCondition(object, "Established")) {
    return problem(check, "not Established", `kubectl describe crd ${name} says why`);
  }
  const missing = missingFields(schemaOf(definition), schemaOf(object), "");
  return missing.length === 0
    ? ok(check, "Established, with all fields")
    : problem(
        check,
        `lacks ${missing.slice(0, 5).join(", ")}: of another version of nopea`,
        "restart the watcher of this version, or use the nopea command of that one",
      );
}

function schemaOf(definition: JsonObject): JsonObject {
  const [version] = parts(definition.spec, "versions");
  return part(part(version, "schema"), "openAPIV3Schema");
}

/** Paths of properties that are wanted and not there. */
export function missingFields(
  wanted: JsonObject,
  found: JsonObject,
  at: string,
): readonly string[] {
  const there = part(found, "properties");
  return Object.entries(part(wanted, "properties")).flatMap(([name, below]) => {
    const path = at === "" ? name : `${at}.${name}`;
    const match: Json | undefined = Object.hasOwn(there, name) ? there[name] : undefined;
    if (!isObject(below)) return [];
    return isObject(match) ? missingFields(below, match, path) : [path];
  });
}

const FLUX = "gitrepositories.source.toolkit.fluxcd.io";

/** Two kinds by one name: kubectl takes one of them. */
export async function checkFlux(context: Context): Promise<readonly Finding[]> {
  const probed = await probe(context, `${DEFINITIONS}/${FLUX}`);
  if (probed.state !== "found") return [];
  const { shortNames } = part(part(probed.object, "spec"), "names");
  const taken = isList(shortNames) && shortNames.includes("gitrepo") ? ["gitrepo"] : [];
  const names = ["gitrepository", ...taken].join(" and ");
  return [
    warning(
      "Flux",
      `is in this cluster too: kubectl may take ${names} for Flux's kind`,
      "use kubectl get gr, or the full name gitrepositories.nopea.false.systems",
    ),
  ];
}
