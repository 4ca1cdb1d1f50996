/** The CustomResourceDefinition of GitRepository. */
import { column, define } from "./definition";
import { choice, duration, flag, object, text } from "./schema";
import { gitRepositoryStatus } from "./git-repository-status";

// url is not `required` here: the webhook, and the status where the webhook is away, say how to mend it
const spec = object("What to sync, from where, and what to do about edits by hand.", {
  url: text("Address of the Git repository, https:// or http://, without credentials. Required.", {
    maxLength: 2048,
  }),
  branch: text("Branch to sync.", { default: "main", maxLength: 255 }),
  path: text(
    "Directory of the manifests, read recursively; hidden files are not. Default: the repository's root.",
    { maxLength: 1024 },
  ),
  interval: duration("How often Git is asked for a new commit.", "5m"),
  targetNamespace: text(
    "Namespace for every namespaced object. Default: the object's own, else that of the GitRepository.",
    { maxLength: 63 },
  ),
  secretRef: object(
    "Credentials: a Secret of the same namespace with username and password, or token; optional ca.crt.",
    { name: text("Name of the Secret.", { minLength: 1, maxLength: 253 }) },
    ["name"],
  ),
  suspend: flag("While true: no fetch and no write at all."),
  healPolicy: choice(
    "What happens to edits by hand: auto undoes them, manual reports them, notify reports and sends them.",
    ["auto", "manual", "notify"],
  ),
  healGracePeriod: duration(
    "How long an edit by hand is left alone before it is undone. Default: not at all.",
  ),
  conflictPolicy: choice("Who wins where Git and a hand changed the same field.", ["git", "live"]),
  prune: flag(
    "Delete objects that Git no longer declares; while false they are reported as orphaned.",
  ),
  deletionPolicy: choice("What happens to the objects when the GitRepository is deleted.", [
    "Retain",
    "Delete",
  ]),
  serviceAccountName: text("ServiceAccount of the same namespace that objects are applied as.", {
    maxLength: 253,
  }),
  notify: object("Where healPolicy notify sends to.", {
    url: text("Address that is POSTed to.", { maxLength: 2048 }),
    secretRef: object(
      "Secret of the same namespace whose key url holds the address.",
      { name: text("Name of the Secret.", { minLength: 1, maxLength: 253 }) },
      ["name"],
    ),
  }),
  timeout: duration("How long one sync may take.", "60s"),
});

export const gitRepositoryDefinition = define({
  kind: "GitRepository",
  plural: "gitrepositories",
  shortNames: ["gr", "gitrepo"],
  columns: [
    column("URL", ".spec.url"),
    column("Branch", ".spec.branch"),
    column("Phase", ".status.phase"),
    column("Drift", ".status.driftCount", { type: "integer" }),
    column("Commit", ".status.lastSyncedCommit", { priority: 1 }),
    column("Age", ".metadata.creationTimestamp", { type: "date" }),
  ],
  description:
    "GitRepository keeps objects of the cluster equal to a directory of a Git repository.",
  spec,
  status: gitRepositoryStatus,
  required: ["spec"],
  hasSubresource: true,
});
