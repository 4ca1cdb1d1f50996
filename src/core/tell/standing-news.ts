/** What has changed between two reports in what stands: objects that are suspended, orphaned, or left to an autoscaler. */
import type { Happening } from "../../model/happening";
import type { RepositoryStatus } from "../../model/git-repository";
import { formatKey, parseKey, type ObjectRef } from "../../model/object-key";
import type { Report, Suspended } from "../../model/report";
import { parseTime } from "../../model/time";

/** What was told last, by formatKey. */
export interface Standing {
  readonly suspended: ReadonlyMap<string, Suspended>;
  readonly orphans: ReadonlySet<string>;
  /** The fields, as one text. */
  readonly autoscaled: ReadonlyMap<string, string>;
}

/** What a process before this one has told, as far as a status tells: its lists are cut. */
export function standingOf({ suspended = [], resources }: RepositoryStatus): Standing {
  const known = suspended.flatMap(({ object, at = "", by }): [string, Suspended][] => {
    const key = parseKey(object);
    if (key === undefined) return [];
    const witness = by === "unknown" ? {} : { by };
    return [[object, { key, apiVersion: "", uid: "", at: parseTime(at) ?? 0, ...witness }]];
  });
  return {
    suspended: new Map(known),
    orphans: new Set(resources?.orphans ?? []),
    autoscaled: new Map(),
  };
}

/** What stands after a report that was made of everything. */
export function standingAfter({ suspended, orphans, autoscaled }: Report): Standing {
  return {
    suspended: byId(suspended),
    orphans: new Set(orphans.map(idOf)),
    autoscaled: new Map(autoscaled.map(object => [idOf(object), object.fields.join()])),
  };
}

/** In the order in which somebody would want to read it. */
export function standingNews(before: Standing, report: Report): readonly Happening[] {
  const { commit = "" } = report;
  const orphans = report.orphans.filter(object => !before.orphans.has(idOf(object)));
  return [
    ...suspensionNews(before, report),
    ...report.autoscaled
      .filter(object => before.autoscaled.get(idOf(object)) !== object.fields.join())
      .map(object => ({ what: "autoscaled" as const, object, fields: object.fields })),
    ...(orphans.length === 0 ? [] : [{ what: "orphaned" as const, commit, objects: orphans }]),
  ];
}

/** What a report tells of nothing but itself: the next one does not name it again. */
export function prunedNews({ commit = "", pruned }: Report): readonly Happening[] {
  return pruned.length === 0 ? [] : [{ what: "pruned", commit, objects: pruned }];
}

function suspensionNews(before: Standing, report: Report): readonly Happening[] {
  const now = byId(report.suspended);
  const begun = report.suspended.filter(one => isNew(one, before.suspended.get(idOf(one))));
  const over = [...before.suspended].filter(([id]) => !now.has(id));
  return [
    ...over.map(([, object]) => ({ what: "resumed" as const, object })),
    ...begun.map(suspended => ({ what: "suspended" as const, object: suspended, suspended })),
  ];
}

/** Set once more, with another end or reason, is news; what nobody witnessed has no time of its own. */
function isNew({ at, by }: Suspended, before: Suspended | undefined): boolean {
  if (before === undefined) return true;
  return by !== undefined && inSeconds(at) !== inSeconds(before.at);
}

function inSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function byId(objects: readonly Suspended[]): ReadonlyMap<string, Suspended> {
  return new Map(objects.map(object => [idOf(object), object]));
}

function idOf({ key }: Pick<ObjectRef, "key">): string {
  return formatKey(key);
}
