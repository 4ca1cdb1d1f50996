/** The oracle: what in the cluster, in DriftRecords and in the audit log the script does not allow. It knows no code of nopea's. */
import { GONE, valueAt, type AuditedWrite, type Facts, type Protection } from "./facts";
import { judgeRecords } from "./oracle-records";
import { judgeWrites } from "./oracle-writes";

export type Sort =
  | "lost hotfix"
  | "missing heal"
  | "strange value"
  | "overwritten while protected"
  | "wrong name"
  | "name not told"
  | "edit not told"
  | "open for ever"
  | "unexplained write"
  | "status";

export interface Violation {
  readonly sort: Sort;
  readonly what: string;
}

/** Everything that is not as it may be. */
export function judge(facts: Facts): readonly Violation[] {
  return [
    ...judgeValues(facts),
    ...judgeProtections(facts),
    ...judgeRecords(facts),
    ...judgeWrites(facts),
    ...judgeStatus(facts),
  ];
}

/** The end of a round: Git's value, or the hotfix where something protects it. */
export function judgeValues({ fields, live, authors }: Facts): readonly Violation[] {
  return fields.flatMap(({ object, path, git, allowed }): Violation[] => {
    const value = valueAt(live.get(object), path) ?? GONE;
    if (allowed.includes(value)) return [];
    const what = `${object} ${path.join(".")} is ${value}, not ${allowed.join(" or ")}`;
    if (!allowed.includes(git)) return [{ sort: "lost hotfix", what }];
    const isByHand = value === GONE || authors.has(value);
    return [{ sort: isByHand ? "missing heal" : "strange value", what }];
  });
}

function judgeProtections(facts: Facts): readonly Violation[] {
  const { writes, nopea, clockMoved } = facts;
  const protections = facts.protections.filter(
    ({ untilTime }) => untilTime === undefined || clockMoved !== true,
  );
  const byNopea = writes.filter(({ user, isDryRun }) => user === nopea && !isDryRun);
  return protections.flatMap(protection =>
    byNopea
      .filter(write => breaks(write, protection))
      .map(write => ({
        sort: "overwritten while protected" as const,
        what: `${protection.object} ${protection.path.join(".")}: ${protection.value} (${protection.why}) became ${String(valueAt(write.response, protection.path))} at ${new Date(write.at).toISOString()}`,
      })),
  );
}

function breaks(write: AuditedWrite, protection: Protection): boolean {
  const { object, path, value } = protection;
  const isIt = `${write.resource}/${write.namespace}/${write.name}` === object;
  return isIt && write.code < 300 && isDuring(write, protection)
    ? valueAt(write.response, path) !== value
    : false;
}

function isDuring(write: AuditedWrite, { from, until, untilTime }: Protection): boolean {
  const revision = Number(write.response.metadata?.resourceVersion);
  return revision > from && revision <= (until ?? Infinity) && write.at < (untilTime ?? Infinity);
}

/** A round ends with every repository in, and with a count that its records bear out. */
function judgeStatus({ repositories, records }: Facts): readonly Violation[] {
  return repositories.flatMap(({ namespace, head, phase, lastSyncedCommit, driftCount }) => {
    const open = records.filter(
      ({ metadata, status }) => metadata.namespace === namespace && status?.state === "open",
    ).length;
    const problems = [
      ...(phase === "Synced" ? [] : [`its phase is ${phase}`]),
      ...(lastSyncedCommit === head ? [] : [`${lastSyncedCommit} is in, not ${head}`]),
      ...(driftCount === open ? [] : [`driftCount is ${driftCount} with ${open} open records`]),
    ];
    return problems.map(problem => ({ sort: "status" as const, what: `${namespace}: ${problem}` }));
  });
}
