/** One repository with everything that its status says. */
import type { JsonObject } from "../../model/json";
import { number, part, parts, text, texts } from "../api/fields";
import type { Context } from "../context";
import { clip, oneLine, shortCommit } from "../shown";
import { facts, indent, table } from "../table";
import { ageOf, left } from "../times";
import { phaseShown } from "./overview";
import { summarise, type Summary } from "./summary";

type Looks = Pick<Context, "colors" | "now">;

/** Sections of what there is; what there is nothing of is left out. */
export function details(repository: JsonObject, looks: Looks): string {
  const status = part(repository, "status");
  const summary = summarise(repository);
  const sections = [
    head(repository, summary, looks),
    section("Conditions", conditions(status, looks)),
    section(`Drift (${summary.drift} open)`, drift(status, looks)),
    section("Suspended by hand", suspended(status, looks)),
    section("Pending", pending(status)),
    section(`Orphans (${summary.orphans})`, orphans(status)),
  ];
  return sections.filter(text => text !== "").join("\n\n");
}

function section(title: string, content: string): string {
  return content === "" ? "" : `${title}:\n${indent(content)}`;
}

function head(repository: JsonObject, summary: Summary, { colors, now }: Looks): string {
  const spec = part(repository, "spec");
  const status = part(repository, "status");
  const attempted = text(status, "lastAttemptedCommit");
  const synced = ageOf(summary.lastSyncTime, now());
  return facts([
    ["Repository", `${summary.namespace}/${summary.name}`],
    ["URL", oneLine(text(spec, "url"))],
    ["Branch", oneLine(text(spec, "branch") || "main")],
    ["Path", oneLine(text(spec, "path"))],
    ["Phase", phaseShown(summary.phase, colors)],
    ["Commit", oneLine(summary.commit) || "none yet"],
    ["Attempted", attempted === summary.commit ? "" : oneLine(attempted)],
    ["Synced", synced === "-" ? "" : `${synced} ago`],
    ["Objects", String(number(part(status, "resources"), "total"))],
  ]);
}

function conditions(status: JsonObject, { now }: Looks): string {
  const rows = parts(status, "conditions").map(each => [
    text(each, "type"),
    text(each, "status"),
    text(each, "reason"),
    ageOf(text(each, "lastTransitionTime"), now()),
    oneLine(text(each, "message")),
  ]);
  return rows.length === 0 ? "" : table(["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], rows);
}

function drift(status: JsonObject, { now, colors }: Looks): string {
  const rows = parts(status, "drift").map(each => [
    oneLine(text(each, "object")),
    colors.bold(oneLine(text(each, "who"))),
    ageOf(text(each, "since"), now()),
    fieldsShown(texts(each, "fields")),
    decisionShown(text(each, "decision"), text(each, "until"), now()),
    text(each, "record"),
  ]);
  const headings = ["OBJECT", "WHO", "SINCE", "FIELDS", "DECISION", "RECORD"];
  return rows.length === 0 ? "" : table(headings, rows);
}

function fieldsShown(fields: readonly string[]): string {
  return fields.length === 0 ? "the whole object" : clip(fields.join(", "), 100);
}

/** What will become of an open episode, and when: "heals in 4m58s". */
function decisionShown(decision: string, until: string, now: number): string {
  const still = left(until, now);
  if (still === undefined) return SAID[decision] ?? oneLine(decision);
  if (decision === "waiting") return still === "0s" ? "heals now" : `heals in ${still}`;
  return decision === "suspended" ? `suspended, ${still} left` : oneLine(decision);
}

const SAID: Readonly<Record<string, string>> = {
  waiting: "waiting to heal",
  suspended: "suspended",
  left: "left as it is",
  failed: "healing fails",
};

function suspended(status: JsonObject, { now }: Looks): string {
  const rows = parts(status, "suspended").map(each => [
    oneLine(text(each, "object")),
    oneLine(text(each, "by")),
    ageOf(text(each, "at"), now()),
    left(text(each, "until"), now()) ?? "until resumed",
    oneLine(text(each, "reason")),
  ]);
  return rows.length === 0 ? "" : table(["OBJECT", "BY", "SINCE", "LEFT", "REASON"], rows);
}

function pending(status: JsonObject): string {
  const rows = parts(status, "pending").map(each => [
    oneLine(text(each, "object")),
    shortCommit(text(each, "commit")),
    WAITS[text(each, "because")] ?? oneLine(text(each, "because")),
  ]);
  return rows.length === 0 ? "" : table(["OBJECT", "COMMIT", "WAITS BECAUSE"], rows);
}

const WAITS: Readonly<Record<string, string>> = {
  suspended: "healing of the object is suspended by hand",
  held: "an edit by hand is kept (conflictPolicy: live)",
  "confirm-prune":
    "somebody has to confirm: annotate the GitRepository nopea.io/confirm-prune=<commit>",
};

function orphans(status: JsonObject): string {
  const named = texts(part(status, "resources"), "orphans");
  const total = orphanCount(status);
  const more = total > named.length ? [`… and ${total - named.length} more`] : [];
  return [...named.map(oneLine), ...more].join("\n");
}

function orphanCount(status: JsonObject): number {
  const total = part(status, "resources").orphanCount;
  return typeof total === "number" ? total : 0;
}
