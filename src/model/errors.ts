/** The catalogue of everything that can go wrong: a stable code, the condition's reason, when to try again, what to do. */

/**
 * When a failed sync is tried again, apart from a new commit or a changed spec:
 * poll: at the next interval (the attempt only reads); backoff: 5, 10, 20, 40, 60, 60 … s;
 * slowly: as backoff, but never more than six times a minute; change: not before something changed.
 */
export type Retry = "poll" | "backoff" | "slowly" | "change";

interface Entry {
  readonly reason: string;
  readonly retry: Retry;
  readonly hint: string;
}

const CATALOGUE = {
  "spec-invalid": entry("InvalidSpec", "change", "correct the GitRepository"),
  "cluster-too-old": entry(
    "ClusterTooOld",
    "change",
    "upgrade the cluster to Kubernetes 1.22 or newer",
  ),
  "git-unreachable": entry(
    "GitUnreachable",
    "backoff",
    "check spec.url and whether the Git server is up",
  ),
  "git-timeout": entry("GitTimeout", "backoff", "check the Git server, or raise spec.timeout"),
  "git-authentication": entry(
    "AuthenticationFailed",
    "slowly",
    "check the Secret of spec.secretRef",
  ),
  "secret-not-found": entry(
    "SecretNotFound",
    "poll",
    "create it in the GitRepository's namespace, or correct spec.secretRef.name",
  ),
  "secret-invalid": entry(
    "SecretInvalid",
    "poll",
    "a Secret may hold username and password, or token, and ca.crt",
  ),
  "git-not-found": entry(
    "RepositoryNotFound",
    "backoff",
    "check spec.url; a private repository may need spec.secretRef",
  ),
  "git-branch-not-found": entry(
    "BranchNotFound",
    "poll",
    "push the branch, or correct spec.branch",
  ),
  "git-path-not-found": entry("PathNotFound", "poll", "commit the directory, or correct spec.path"),
  "git-commit-not-found": entry(
    "CommitNotFound",
    "poll",
    "nopea looks again; if it stays, the Git server hides the commit",
  ),
  "git-unsupported": entry(
    "RepositoryNotSupported",
    "slowly",
    "use a repository with SHA-1 object names",
  ),
  "git-too-large": entry("RepositoryTooLarge", "slowly", "keep manifests in a smaller repository"),
  "git-protocol": entry(
    "GitProtocolError",
    "backoff",
    "check that spec.url is a Git repository served over HTTP(S)",
  ),
  "git-host-forbidden": entry(
    "HostNotAllowed",
    "slowly",
    "use another host, or ask the administrator of nopea",
  ),
  "manifest-invalid": entry("InvalidManifests", "change", "correct the files and push"),
  "kind-not-found": entry(
    "KindNotFound",
    "poll",
    "install the CustomResourceDefinition, or correct apiVersion and kind",
  ),
  "kind-unavailable": entry(
    "KindUnavailable",
    "poll",
    "check the APIService or conversion webhook that serves it",
  ),
  "namespace-not-found": entry(
    "NamespaceNotFound",
    "poll",
    "create the namespace, or add it to the repository",
  ),
  "object-terminating": entry("ObjectTerminating", "poll", "wait until the old object is gone"),
  "owned-by-another": entry(
    "OwnedByAnotherRepository",
    "poll",
    "remove the object from one of the two repositories",
  ),
  "object-refused": entry("ObjectRefused", "backoff", "correct the manifest"),
  "immutable-field": entry(
    "ImmutableField",
    "backoff",
    "undo the change, or have the object deleted and made anew with nopea.io/recreate: enabled on it in Git",
  ),
  "unknown-field": entry(
    "UnknownField",
    "backoff",
    "correct the field's name, or update its CustomResourceDefinition",
  ),
  "object-too-large": entry("ObjectTooLarge", "backoff", "split it up"),
  "quota-exceeded": entry(
    "QuotaExceeded",
    "backoff",
    "raise the ResourceQuota, or declare less in this namespace",
  ),
  "admission-denied": entry(
    "AdmissionDenied",
    "backoff",
    "change the object so that it is admitted, or ask whoever runs what refuses it",
  ),
  "webhook-failed": entry(
    "WebhookFailed",
    "backoff",
    "check the server of the webhook, and its configuration",
  ),
  "reference-not-found": entry(
    "ReferenceNotFound",
    "backoff",
    "add what it refers to to the repository, or correct the name",
  ),
  "object-forbidden": entry(
    "Forbidden",
    "backoff",
    "grant the right, or remove the object from the repository",
  ),
  "account-not-found": entry(
    "ServiceAccountNotFound",
    "backoff",
    "create it, or correct spec.serviceAccountName (or NOPEA_DEFAULT_SERVICE_ACCOUNT)",
  ),
  "account-forbidden": entry(
    "Forbidden",
    "backoff",
    "grant the ServiceAccount the right, or remove the object from the repository",
  ),
  "account-invalid": entry(
    "InvalidServiceAccount",
    "change",
    "correct NOPEA_DEFAULT_SERVICE_ACCOUNT, or set spec.serviceAccountName",
  ),
  "object-contested": entry(
    "ObjectContested",
    "backoff",
    "find out what else writes this object all the time",
  ),
  "cluster-unreachable": entry("ClusterUnreachable", "backoff", "check the API server"),
  "sync-timeout": entry("SyncTimeout", "backoff", "raise spec.timeout"),
  internal: entry("InternalError", "backoff", "report this as a bug of nopea"),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof CATALOGUE;

function entry(reason: string, retry: Retry, hint: string): Entry {
  return { reason, retry, hint };
}

/** The catalogue's entry of a code. */
export function describeError(code: ErrorCode): Entry {
  return CATALOGUE[code];
}

/** An error that a user can act on; adapters throw nothing else on purpose. The message holds no secret. */
export class NopeaError extends Error {
  override readonly name = "NopeaError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
