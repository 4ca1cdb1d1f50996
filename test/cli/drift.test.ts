import { createColors } from "picocolors";
import { describe, expect, it } from "vitest";
import { select } from "../../src/cli/drift/drift";
import { listing } from "../../src/cli/drift/listing";
import { readRecord } from "../../src/cli/drift/record";

const now = Date.parse("2026-01-15T10:00:00Z");
const looks = { colors: createColors(false), now: () => now, allNamespaces: false };

interface Said {
  readonly name?: string;
  readonly repository?: string;
  readonly status?: Readonly<Record<string, unknown>>;
}

const record = ({ name = "01a", repository = "my-app", status = {} }: Said = {}) =>
  readRecord({
    metadata: { name, namespace: "shop" },
    spec: {
      repository,
      object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "api" },
    },
    status: {
      state: "open",
      class: "manual_drift",
      since: "2026-01-15T09:57:00Z",
      decision: "waiting",
      until: "2026-01-15T10:04:58Z",
      reason: "grace period of 8m",
      edits: [
        {
          by: "larry",
          groups: ["sre"],
          at: "2026-01-15T09:57:00Z",
          verb: "UPDATE",
          manager: "kubectl-set",
          changes: [{ path: "spec.replicas", from: "2", to: "3" }],
        },
        {
          by: "ann",
          at: "2026-01-15T09:58:00Z",
          verb: "UPDATE",
          changes: [
            { path: "spec.replicas", from: "3", to: "4" },
            { path: "spec.paused", to: "true" },
          ],
        },
      ],
      ...status,
    },
  });

describe("the table of drift", () => {
  it("a line for each field, from before the first edit to after the last", () => {
    const [headings, first, second] = listing([record()], looks, { wide: false }).split("\n");
    expect(headings).toMatch(/^AGE +OBJECT +WHO +VERB +FIELDS +CLASS +DECISION +REASON +RECORD$/);
    expect(first).toMatch(
      /^3m +Deployment\.apps\/shop\/api +ann, larry +update +spec\.replicas: 2 → 4 +manual_drift +waiting, 4m58s left +grace period of 8m +01a$/,
    );
    expect(second?.trim()).toBe("spec.paused: (none) → true");
  });

  it("a deleted object, nobody known, closed: dashes, and no time left", () => {
    const status = {
      edits: [{ by: "unknown", verb: "DELETE", changes: [] }],
      ...{ state: "closed", decision: "healed" },
    };
    const [, line] = listing([record({ status })], looks, { wide: false }).split("\n");
    expect(line).toMatch(/unknown +delete +- +manual_drift +healed +grace/);
  });

  it("--wide, -A: groups, managers, repositories and namespaces too", () => {
    const status = {
      edits: [{ by: "larry", groups: ["sre", "dev"], verb: "UPDATE", manager: "vi" }],
    };
    const wide = listing([record({ status })], { ...looks, allNamespaces: true }, { wide: true });
    expect(wide).toMatch(
      /^NAMESPACE .* GROUPS +MANAGER +REPOSITORY +RECORD\nshop .* sre,dev +vi +my-app +01a$/,
    );
  });

  it("what is no record at all: nothing throws", () => {
    const [, line] = listing([readRecord({})], looks, { wide: true }).split("\n");
    expect(line).toContain("unknown");
  });
});

describe("which drift is shown", () => {
  const closed = (since: string, decisionAt: string) => ({
    status: { since, decisionAt, edits: [], state: "closed", decision: "healed" },
  });
  const old = record({ name: "01b", ...closed("2026-01-10T00:00:00Z", "2026-01-10T00:00:00Z") });
  const late = record({ name: "01c", ...closed("2026-01-10T00:00:00Z", "2026-01-15T09:00:00Z") });
  const openLong = record({ name: "01d", status: { since: "2026-01-01T00:00:00Z", edits: [] } });
  const other = record({ name: "01e", repository: "other" });
  const all = [openLong, old, late, other];
  const names = (options: Partial<Parameters<typeof select>[1]>) =>
    select(all, { open: false, ...options }, now).map(each => each.record);

  it("newest first", () => {
    expect(names({})).toEqual(["01e", "01c", "01b", "01d"]);
  });

  it("of one repository, only what is open", () => {
    expect(names({ repository: "other" })).toEqual(["01e"]);
    expect(names({ open: true })).toEqual(["01e", "01d"]);
  });

  it("--since: what is open, or something happened to within that time", () => {
    expect(names({ sinceMs: 24 * 3600 * 1000 })).toEqual(["01e", "01c", "01d"]);
  });
});
