/** What has to go before an apply, from recorded edits (the same on a real API server: test/adapters/kube/replace). */
import { describe, expect, test } from "vitest";
import { beyond } from "../../../src/core/drift/others";
import { leftovers, removal } from "../../../src/core/drift/leftovers";
import { replacement } from "../../../src/core/drift/replace";
import { seenOthers, takeSnapshot, type Snapshot } from "../../../src/core/drift/snapshot";
import { formatPath } from "../../../src/model/field-path";
import { leavesOf } from "../../../src/model/field-set";
import type { Json, JsonObject } from "../../../src/model/json";
import { driftOf, pathOf, readCase, READER } from "../../support/drift-case";

interface Known {
  readonly thorough?: boolean;
  readonly away?: boolean;
}

function patchOf(name: string, { thorough = false, away = false }: Known = {}) {
  const { base, applied, desired, live = {} } = readCase(name);
  const drift = driftOf({ base, applied, desired, live });
  if (base === undefined || drift.object !== "present") throw new Error(name);
  const fields = drift.fields.map(({ path }) => pathOf(path));
  const snapshot = away ? undefined : takeSnapshot(applied, base, READER);
  return replacement({ manifest: base, live, fields, snapshot, thorough }, READER);
}

const CONTAINER = "/spec/template/spec/containers/0";

describe.each([{ away: false }, { away: true }])(
  "before the apply (nopea was away: $away)",
  known => {
    test("a renumbered container port: one goes, the other comes back", () => {
      expect(patchOf("undo-container-port", known)).toEqual([
        { op: "remove", path: `${CONTAINER}/ports/0` },
        { op: "add", path: `${CONTAINER}/ports/-`, value: { containerPort: 8080 } },
      ]);
    });

    test("a variable's valueFrom: the value comes back in the same patch", () => {
      expect(patchOf("undo-env-to-value-from", known)).toEqual([
        { op: "remove", path: `${CONTAINER}/env/0/valueFrom` },
        { op: "add", path: `${CONTAINER}/env/0/value`, value: "info" },
      ]);
    });

    test("another kind of probe", () => {
      expect(patchOf("undo-probe-to-exec", known)).toEqual([
        { op: "remove", path: `${CONTAINER}/livenessProbe/exec` },
        {
          op: "add",
          path: `${CONTAINER}/livenessProbe/httpGet`,
          value: { path: "/live", port: 8080 },
        },
      ]);
    });

    test("another kind of volume", () => {
      expect(patchOf("undo-volume-to-config-map", known)).toEqual([
        { op: "remove", path: "/spec/template/spec/volumes/0/configMap" },
        { op: "add", path: "/spec/template/spec/volumes/0/emptyDir", value: {} },
      ]);
    });

    test("renamed items: the old name comes back where the new one stands", () => {
      const [removed] = patchOf("undo-renamed-env", known);
      expect(removed).toEqual({ op: "remove", path: `${CONTAINER}/env/0` });
      const sidecar = "/spec/template/spec/containers/1";
      expect(patchOf("undo-renamed-container", known)).toContainEqual({
        op: "replace",
        path: `${sidecar}/name`,
        value: "sidecar",
      });
    });

    test("a strategy, whose type is only changed: nothing, until the API server refuses", () => {
      expect(patchOf("undo-strategy", known)).toEqual([]);
      expect(patchOf("undo-strategy", { ...known, thorough: true })).toEqual([
        { op: "replace", path: "/spec/strategy/type", value: "Recreate" },
        { op: "remove", path: "/spec/strategy/rollingUpdate" },
      ]);
    });

    test.each([
      "edit",
      "scale-by-hand",
      "removed-label",
      "removed-list-item",
      "foreign-item-added",
    ])("%s: the apply is enough", name => {
      expect(patchOf(name, known)).toEqual([]);
    });

    test("thorough: neither metadata, nor what the object is, nor keys", () => {
      const paths = ["removed-label", "our-label-removed", "undo-container-port"].flatMap(name =>
        patchOf(name, { ...known, thorough: true }).map(({ path }) => path),
      );
      expect(paths.filter(path => !path.startsWith(`${CONTAINER}/`))).toEqual([]);
    });
  },
);

test("a label of ours removed, and one of others added: theirs stays", () => {
  const { base, applied, live = {} } = readCase("removed-label");
  if (base === undefined) throw new Error("no base");
  const metadata = live.metadata as JsonObject;
  const fieldsV1 = { "f:metadata": { "f:labels": { "f:theirs": {} } } };
  const entry = { manager: "x", operation: "Update", time: "2999-01-01T00:00:00Z", fieldsV1 };
  const edited: JsonObject = {
    ...live,
    metadata: {
      ...metadata,
      labels: { ...(metadata.labels as JsonObject), theirs: "b" },
      managedFields: [...(metadata.managedFields as readonly Json[]), entry],
    },
  };
  const fields = [pathOf("metadata.labels.team"), pathOf("metadata.annotations.gone")];
  for (const snapshot of [undefined, takeSnapshot(applied, base, READER)]) {
    for (const thorough of [false, true]) {
      const replacing = { manifest: base, live: edited, fields, snapshot, thorough };
      expect(replacement(replacing, READER)).toEqual([]);
    }
  }
});

describe("what others have", () => {
  const { base, applied, live = {} } = readCase("foreign-item-added");
  const snapshot = takeSnapshot(applied, base ?? {}, READER);

  test("nothing: the least text", () => {
    expect(snapshot.others).toBe("{}");
  });

  test("something came: by its topmost part; the same again: the same snapshot", () => {
    const seen = seenOthers(snapshot, live, READER);
    expect(pathsIn(seen)).not.toEqual([]);
    expect(seen.others.length).toBeLessThan(200);
    expect(seenOthers(seen, live, READER)).toBe(seen);
    expect(seenOthers(snapshot, applied, READER)).toBe(snapshot);
  });

  test("it went again: nothing", () => {
    expect(seenOthers(seenOthers(snapshot, live, READER), applied, READER)).toEqual(snapshot);
  });

  function pathsIn({ others }: Snapshot) {
    const set = beyond([JSON.parse(others) as JsonObject], {});
    return leavesOf(set).map(({ path }) => formatPath(path));
  }
});

describe("what Git dropped", () => {
  test("recorded: edited by hand, then dropped from Git", () => {
    const { base = {}, desired, live = {} } = readCase("dropped-from-git-after-an-edit");
    const paths = leftovers({ base, desired, answer: live }, READER);
    expect(paths.map(formatPath)).toEqual([
      "metadata.labels.team",
      "spec.template.spec.containers[name=api].env[name=LEVEL]",
    ]);
    expect(removal(live, paths)).toEqual([
      { op: "remove", path: "/metadata/labels/team" },
      { op: "remove", path: `${CONTAINER}/env/0` },
    ]);
    const known = { fields: [], dropped: paths, snapshot: undefined, thorough: false };
    const patch = replacement({ manifest: desired, live, ...known }, READER);
    expect(patch).toEqual(removal(live, paths));
  });

  test("nothing was dropped: nothing", () => {
    const { base = {}, live = {} } = readCase("edit");
    expect(leftovers({ base, desired: base, answer: live }, READER)).toEqual([]);
    expect(removal(live, [])).toEqual([]);
  });
});
