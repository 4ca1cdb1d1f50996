/** The status of GitRepository as a schema: everything that contract and users may read. */
import { integer, list, object, text, time } from "./schema";

const conditions = list(
  "Ready, and Reconciling, Stalled and Drifted while they are true (kstatus).",
  object(
    "One condition.",
    {
      type: text("Name of the condition."),
      status: text("True, False or Unknown.", { enum: ["True", "False", "Unknown"] }),
      reason: text("Why, in one word."),
      message: text("Why, and what to do."),
      lastTransitionTime: time("When the status changed."),
      observedGeneration: integer("Generation that the condition is about."),
    },
    ["type", "status", "reason", "message", "lastTransitionTime"],
  ),
  { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] },
);

const drift = list(
  "Open drift episodes, the newest 20.",
  object("One episode.", {
    object: text("Kind.group/namespace/name."),
    class: text("manual_drift or conflict."),
    fields: list("Paths of the fields.", text("Path.")),
    who: text("User name, or unknown."),
    since: time("When the edit was made."),
    decision: text("waiting, suspended, left or failed."),
    until: time("When the decision is carried out."),
    record: text("Name of the DriftRecord."),
  }),
);

const suspended = list(
  "Objects whose healing people suspended, the newest 20.",
  object("One object.", {
    object: text("Kind.group/namespace/name."),
    by: text("User name, or unknown."),
    at: time("Since when."),
    until: time("Until when; absent: until it is removed."),
    reason: text("As given by the user."),
  }),
);

const pending = list(
  "What a commit wants and may not do yet, the newest 20.",
  object("One object.", {
    object: text("Kind.group/namespace/name."),
    commit: text("Full SHA."),
    because: text("suspended, held or confirm-prune."),
  }),
);

const resources = object("What is managed.", {
  total: integer("Objects that Git declares."),
  kinds: list("Kinds of which there are objects in the cluster.", text("apps/v1/Deployment.")),
  orphanCount: integer("Objects that Git no longer declares."),
  orphans: list("The newest 20 of them.", text("Kind.group/namespace/name.")),
});

export const gitRepositoryStatus = object("What nopea found and did.", {
  observedGeneration: integer("Generation of the spec that was acted on."),
  phase: text("Initializing, Syncing, Synced, Failed or Suspended."),
  lastSyncedCommit: text("Full SHA of the last commit of which everything is in."),
  lastAttemptedCommit: text("Full SHA of the last commit that was tried."),
  lastSyncTime: time("When a sync last applied a commit or wrote something."),
  lastHandledSyncAt: text("The last value of the annotation nopea.io/sync-at that was acted on."),
  driftCount: integer("Open drift episodes."),
  drift,
  suspended,
  pending,
  resources,
  conditions,
});
