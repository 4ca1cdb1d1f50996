/** The CustomResourceDefinition of DriftRecord: one per drift episode of one object. */
import { column, define } from "./definition";
import { integer, list, object, text, time } from "./schema";

const spec = object(
  "Which object of which repository.",
  {
    repository: text("Name of the GitRepository."),
    object: object("The object that drifted.", {
      apiVersion: text("Group and version."),
      kind: text("Kind."),
      namespace: text("Namespace; absent for cluster-scoped objects."),
      name: text("Name."),
      uid: text("uid, so that an object made anew is another one."),
    }),
  },
  ["repository", "object"],
);

const change = object("One field.", {
  path: text("Path of the field."),
  from: text("Value before, (changed) where it is not shown."),
  to: text("Value after, (changed) where it is not shown."),
});

const edit = object("One write by somebody else.", {
  id: text("ULID."),
  by: text("User name, or unknown."),
  groups: list("Groups of the user.", text("Group.")),
  at: time("When."),
  verb: text("UPDATE, SCALE, DELETE or CREATE."),
  manager: text("Field manager."),
  source: text("admission or inferred."),
  changes: list("Declared fields that it changed.", change),
});

const status = object("What happened, and what is done about it.", {
  state: text("pending, open or closed."),
  class: text("manual_drift or conflict."),
  since: time("Of the first edit, or of the detection where nopea was away."),
  edits: list("Who changed what, oldest first.", edit),
  fields: list(
    "Paths that are not as Git declares, values hidden in them as everywhere; none: the object was deleted.",
    text("Path."),
  ),
  conflicts: list("Those of them that Git changed too since the last apply.", text("Path.")),
  repeats: integer("Edits of the same fields by the same machine account that were folded in."),
  decision: text("waiting, suspended, left, failed; closed: healed, committed, undone."),
  until: time("When the decision is carried out."),
  graceUntil: time(
    "When healing may begin at the earliest, also while something else holds it back.",
  ),
  decisionAt: time("When it was made."),
  reason: text("Why, in one sentence."),
  commit: text("The commit that it was compared with."),
});

export const driftRecordDefinition = define({
  kind: "DriftRecord",
  plural: "driftrecords",
  shortNames: ["drift"],
  columns: [
    column("Repository", ".spec.repository"),
    column("Object", ".spec.object.name"),
    column("Who", ".status.edits[*].by"),
    column("Fields", ".status.edits[*].changes[*].path"),
    column("Class", ".status.class"),
    column("Decision", ".status.decision"),
    column("Age", ".metadata.creationTimestamp", { type: "date" }),
  ],
  description: "DriftRecord is the record of one drift episode; nopea writes it.",
  spec,
  status,
  // nopea writes all of it, in one request: a process that ends in between leaves no record that tells nothing
  hasSubresource: false,
});
