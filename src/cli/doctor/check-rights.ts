/** What nopea's ServiceAccount and the caller may do. */
import type { JsonObject } from "../../model/json";
import type { Context } from "../context";
import { ok, problem, warning, type Finding } from "./finding";
import { part } from "../api/fields";

const GROUP = "/apis/authorization.k8s.io/v1";
const ACCOUNT = "system:serviceaccount:pepr-system:pepr-nopea";

/** Undefined: the API server does not say, mostly because the caller may not ask. */
async function isAllowed(
  { kube, signal }: Context,
  kind: "SubjectAccessReview" | "SelfSubjectAccessReview",
  spec: JsonObject,
): Promise<boolean | undefined> {
  const answer = await kube({
    method: "POST",
    path: `${GROUP}/${kind.toLowerCase()}s`,
    contentType: "application/json",
    body: JSON.stringify({ apiVersion: "authorization.k8s.io/v1", kind, spec }),
    signal,
  });
  return answer.status < 300 ? part(answer.body, "status").allowed === true : undefined;
}

/** nopea applies whatever Git declares, unless every repository has an account of its own. */
export async function checkRights(context: Context): Promise<readonly Finding[]> {
  const check = "Rights of ServiceAccount pepr-nopea";
  const resourceAttributes = { verb: "patch", group: "*", resource: "*" };
  const groups = ["system:serviceaccounts", "system:serviceaccounts:pepr-system"];
  const spec = { user: ACCOUNT, groups: [...groups, "system:authenticated"], resourceAttributes };
  const allowed = await isAllowed(context, "SubjectAccessReview", spec);
  return [nopeas(check, allowed), await callers(context)];
}

function nopeas(check: string, allowed: boolean | undefined): Finding {
  if (allowed === undefined) {
    const remedy = "run doctor as somebody who may create subjectaccessreviews";
    return warning(check, "not looked at: you may not ask", remedy);
  }
  return allowed
    ? ok(check, "may apply every kind")
    : warning(
        check,
        "may not apply every kind",
        "as you want it where repositories have accounts of their own; else check ClusterRole pepr-nopea",
      );
}

async function callers(context: Context): Promise<Finding> {
  const check = "Your own rights";
  const attributes = { group: "nopea.false.systems", resource: "gitrepositories", verb: "list" };
  const spec = { resourceAttributes: { ...attributes, namespace: "" } };
  const allowed = await isAllowed(context, "SelfSubjectAccessReview", spec);
  return allowed === true
    ? ok(check, "you may list GitRepositories everywhere")
    : problem(
        check,
        "you may not list GitRepositories everywhere",
        "ask for that right: doctor looks at all of them",
      );
}
