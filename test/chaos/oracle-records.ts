/** Every DriftRecord beside the audit log: the name in it is who made that write, and no edit goes untold. */
import { keyOf, valueAt, type AuditedWrite, type DriftRecord, type Facts } from "./facts";
import type { RecordedEdit } from "./facts";
import type { Violation } from "./oracle";

/** Between the hook's clock and the audit log's, on a machine with a load. */
const TOLERANCE_MS = 10_000;

const RESOURCES: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  Deployment: "deployments",
};

export function judgeRecords(facts: Facts): readonly Violation[] {
  const ledger = createLedger(facts);
  return [
    ...facts.records.flatMap(record => judgeRecord(record, ledger, facts)),
    ...(facts.mayMissRecords === true ? [] : judgeUntold(ledger, facts)),
  ];
}

interface Ledger {
  /** The write that first brought a value. */
  readonly first: ReadonlyMap<string, AuditedWrite>;
  readonly byObject: ReadonlyMap<string, readonly AuditedWrite[]>;
}

function createLedger({ writes, authors, nopea, fields }: Facts): Ledger {
  // each round has namespaces of its own, and says the same values; controllers may still be at the one before
  const namespaces = new Set(fields.map(({ object }) => object.split("/")[1]));
  const done = writes.filter(isDone);
  const byObject = new Map<string, AuditedWrite[]>();
  for (const write of done) {
    const key = keyOf(write);
    byObject.set(key, [...(byObject.get(key) ?? []), write]);
  }
  // the audit log tells of a write when it is answered: a controller that saw it may be answered before
  const brought = [...done]
    .sort((one, other) => revisionOf(one) - revisionOf(other))
    .filter(({ user, namespace }) => user !== nopea && namespaces.has(namespace))
    .flatMap(write => valuesIn(write).map(value => [value, write] as const))
    .filter(([value]) => authors.has(value));
  // the first of each value wins
  return { first: new Map(brought.reverse()), byObject };
}

const revisionOf = ({ response }: AuditedWrite) => Number(response.metadata?.resourceVersion ?? 0);

const isDone = ({ code, isDryRun }: AuditedWrite) => code < 300 && !isDryRun;

/** What the script's fields can hold. */
function valuesIn({ response }: AuditedWrite): readonly string[] {
  const data = Object.values((response.data as Record<string, string> | undefined) ?? {});
  const image = valueAt(response, ["spec", "template", "spec", "containers", "0", "image"]);
  return image === undefined ? data : [...data, image];
}

function judgeRecord(record: DriftRecord, ledger: Ledger, facts: Facts): Violation[] {
  const { kind, namespace = "", name } = record.spec.object;
  const key = `${RESOURCES[kind] ?? kind}/${namespace}/${name}`;
  const edits = record.status?.edits ?? [];
  return [
    ...edits.flatMap(edit => judgeEdit({ key, edit, record }, ledger, facts)),
    ...judgeOpen(key, record, facts),
  ];
}

interface Told {
  readonly key: string;
  readonly edit: RecordedEdit;
  readonly record: DriftRecord;
}

function judgeEdit({ key, edit, record }: Told, ledger: Ledger, facts: Facts): Violation[] {
  const where = `${record.metadata.namespace ?? ""}/${record.metadata.name}, ${key}`;
  const authors = authorsOf(edit, ledger, facts);
  if (edit.by === "unknown") {
    return authors
      .filter(({ isStamped }) => isStamped)
      .map(({ user, value }) => ({
        sort: "name not told",
        what: `${where}: ${value} is by unknown, and the hook has seen that it was ${user}`,
      }));
  }
  const others = authors.filter(({ user }) => user !== edit.by);
  const wrong = others.map(({ user, value }) => `${where}: ${value} is by ${edit.by}, not ${user}`);
  const none = hasWritten(edit, ledger.byObject.get(key) ?? [], facts)
    ? []
    : [`${where}: the audit log has no such ${edit.verb} by ${edit.by} at ${edit.at}`];
  return [...wrong, ...none].map(what => ({ sort: "wrong name", what }));
}

/** Who brought the values that an edit is told to have brought. */
function authorsOf({ changes = [] }: RecordedEdit, { first }: Ledger, { authors }: Facts) {
  return changes.flatMap(({ to }) => {
    const user = to === undefined ? undefined : (first.get(to)?.user ?? authors.get(to));
    if (to === undefined || user === undefined) return [];
    return [{ value: to, user, isStamped: isStamped(first.get(to), to) }];
  });
}

function hasWritten(
  edit: RecordedEdit,
  writes: readonly AuditedWrite[],
  { authors, clockMoved }: Facts,
): boolean {
  // the end of the audit log may be lost with an API server; the script knows who it let write
  const isKnown = (edit.changes ?? []).some(({ to = "" }) => authors.get(to) === edit.by);
  return (
    isKnown ||
    writes.some(
      ({ user, verb, at }) =>
        user === edit.by &&
        (verb === "delete") === (edit.verb === "DELETE") &&
        (clockMoved === true || Math.abs(at - Date.parse(edit.at)) < TOLERANCE_MS),
    )
  );
}

/** An episode that is open must have something that differs from Git. */
function judgeOpen(key: string, record: DriftRecord, { fields, live }: Facts): Violation[] {
  const own = fields.filter(({ object }) => object === key);
  if (record.status?.state !== "open" || own.length === 0) return [];
  const differs = own.some(({ path, git }) => valueAt(live.get(key), path) !== git);
  const what = `${key}: ${record.metadata.name} is open (${record.status.decision}), and all is as in Git`;
  return differs ? [] : [{ sort: "open for ever", what }];
}

/** The hook saw who it was, and said so on the object, in the same write. */
function isStamped(write: AuditedWrite | undefined, value: string): boolean {
  const annotations = write?.response.metadata?.annotations ?? {};
  return (annotations["nopea.io/manual-edit"] ?? "").includes(`"${value}"`);
}

/** So many edits fit on an object. */
const STAMPS = 5;

/** What the hook has stamped is in a record, unless the object went away with its stamp, or others pushed it out. */
function judgeUntold({ first, byObject }: Ledger, { records, authors }: Facts): Violation[] {
  const edits = records.flatMap(({ status }) => status?.edits ?? []);
  const told = new Set(
    edits.flatMap(({ by, changes = [] }) => changes.map(({ to = "" }) => `${by} ${to}`)),
  );
  return [...first]
    .filter(([value, { user }]) => authors.get(value) === user)
    .filter(([value, write]) => isStamped(write, value) && !told.has(`${write.user} ${value}`))
    .filter(([, write]) => !isGone(write, byObject.get(keyOf(write)) ?? []))
    .filter(([, write]) => laterEdits(write, first) < STAMPS)
    .map(([value, write]) => ({
      sort: "edit not told",
      what: `${keyOf(write)}: no record tells that ${write.user} set ${value} at ${new Date(write.at).toISOString()}`,
    }));
}

function isGone(write: AuditedWrite, writes: readonly AuditedWrite[]): boolean {
  return writes.some(({ verb, at }) => verb === "delete" && at >= write.at);
}

function laterEdits(write: AuditedWrite, first: Ledger["first"]): number {
  const others = [...first.values()].filter(other => keyOf(other) === keyOf(write));
  return others.filter(({ at }) => at > write.at).length;
}
