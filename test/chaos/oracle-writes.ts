/** Every write of nopea's account in the audit log: of a declared object, or of what it keeps its own books in. */
import { keyOf, type AuditedWrite, type Facts } from "./facts";
import type { Violation } from "./oracle";

/** Where nopea and Pepr keep their own things, wherever they are. */
const BOOKS = new Set([
  "gitrepositories",
  "gitrepositories/status",
  "driftrecords",
  "driftrecords/status",
  "events",
  "peprstores",
  "mutatingwebhookconfigurations",
  "validatingwebhookconfigurations",
  "customresourcedefinitions",
  "selfsubjectaccessreviews",
  "selfsubjectrulesreviews",
  "subjectaccessreviews",
  "tokenreviews",
]);

/** And in the namespace that they run in. */
const AT_HOME = new Set(["secrets", "configmaps", "services", "leases"]);

export function judgeWrites({ writes, nopea, declared }: Facts): readonly Violation[] {
  return writes
    .filter(({ user, isDryRun }) => user === nopea && !isDryRun)
    .filter(write => !isExplained(write, declared))
    .map(({ verb, resource, namespace, name, at, code }) => ({
      sort: "unexplained write",
      what: `${verb} ${resource}/${namespace}/${name} at ${new Date(at).toISOString()}: ${code}`,
    }));
}

/** Nothing that the script declares may be deleted by nopea. */
function isExplained(write: AuditedWrite, declared: ReadonlySet<string>): boolean {
  const { resource, namespace, verb } = write;
  if (BOOKS.has(resource)) return true;
  if (namespace === "pepr-system" && AT_HOME.has(resource)) return true;
  return declared.has(keyOf(write)) && ["create", "patch", "update"].includes(verb);
}
