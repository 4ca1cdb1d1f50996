/** Reads the spec of a GitRepository, from whatever the API server let through, into a total type. */
import type { GitLocation, ParsedSpec, RepositorySpec } from "../../model/git-repository";
import { isObject } from "../../model/json";
import { readFields, type Fields } from "./fields";
import { isBranchName, normalisePath } from "./parse-path";
import { readNotify } from "./parse-notify";
import { urlProblem } from "./parse-url";

/** Total: whatever `raw` is, the answer is a spec or the reasons against it. */
export function parseSpec(raw: unknown): ParsedSpec {
  const object = isObject(raw) ? raw : {};
  const fields = readFields(object);
  const url = urlProblem(object.url);
  if (url !== undefined) fields.problems.push(url);
  const spec: RepositorySpec = {
    ...readLocation(fields, typeof object.url === "string" ? object.url : ""),
    ...readTimes(fields),
    ...readNames(fields),
    suspend: fields.flag("suspend"),
    prune: fields.flag("prune"),
    healPolicy: fields.oneOf("healPolicy", ["auto", "manual", "notify"]),
    conflictPolicy: fields.oneOf("conflictPolicy", ["git", "live"]),
    deletionPolicy: fields.oneOf("deletionPolicy", ["Retain", "Delete"]),
    ...readNotify(fields, object.notify),
  };
  return fields.problems.length > 0 ? { ok: false, problems: fields.problems } : { ok: true, spec };
}

function readLocation(fields: Fields, url: string): GitLocation {
  const branch = fields.text("branch") ?? "main";
  if (!isBranchName(branch)) {
    const shown = JSON.stringify(branch);
    fields.problems.push(`spec.branch ${shown} is no branch name: write it as git branch shows it`);
  }
  const path = normalisePath(fields.text("path") ?? "");
  if (path === undefined) {
    fields.problems.push(
      "spec.path must stay inside the repository: write it from the root, with / and without ..",
    );
  }
  return { url, branch, path: path ?? "" };
}

function readTimes(fields: Fields) {
  const healGracePeriodMs = fields.duration("healGracePeriod");
  return {
    intervalMs: fields.duration("interval") ?? 300_000,
    timeoutMs: fields.duration("timeout") ?? 60_000,
    ...(healGracePeriodMs === undefined ? {} : { healGracePeriodMs }),
  };
}

function readNames(fields: Fields) {
  const targetNamespace = fields.dnsName("targetNamespace");
  const serviceAccountName = fields.dnsName("serviceAccountName");
  const secretName = fields.secretName("secretRef");
  return {
    ...(targetNamespace === undefined ? {} : { targetNamespace }),
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(secretName === undefined ? {} : { secretName }),
  };
}
