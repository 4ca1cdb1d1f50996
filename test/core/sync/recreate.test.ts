/** What may be deleted and made anew for an immutable field, and what never. */
import { describe, expect, test } from "vitest";
import { asksToRecreate, isMeantToGo, recreation } from "../../../src/core/sync/recreate";
import type { KindInfo } from "../../../src/model/manifest";
import { parsePath } from "../../../src/model/field-path";
import type { DriftVerdict, Hold } from "../../../src/model/verdict";
import { CONFIG_MAP, desired, live } from "../../support/examples";

const refusal = { code: "immutable-field", message: "data: field is immutable" } as const;

/** Git's newer content of an object that was applied with digest d1. */
function wanted(value = "enabled", kind: KindInfo = CONFIG_MAP) {
  const one = desired({ kind, digest: "d2" });
  const metadata = { ...one.manifest.metadata, annotations: { "nopea.io/recreate": value } };
  return { ...one, manifest: { ...one.manifest, metadata } };
}

function edited(hold?: Hold): DriftVerdict {
  const drift = { class: "manual_drift", path: "data.a", from: "1", to: "2" } as const;
  const field = { drift, path: parsePath("data.a") ?? [] };
  return { fields: [hold === undefined ? field : { ...field, hold }] };
}

const given = { desired: wanted(), live: live(), isOurs: true, drift: undefined, refusal };

test("Git changed it and allows it: deleted, to be made anew", () => {
  expect(recreation(given)).toEqual({ action: "recreate", desired: wanted(), live: live() });
});

describe("nothing is deleted", () => {
  const kinds = [
    "Namespace",
    "CustomResourceDefinition",
    "PersistentVolume",
    "PersistentVolumeClaim",
  ];

  test.each(kinds)("%s", kind => {
    const one = wanted("enabled", { ...CONFIG_MAP, kind });
    expect(recreation({ ...given, desired: one })).toMatchObject({
      action: "wait",
      fault: { code: "immutable-field", message: expect.stringContaining(kind) as string },
    });
  });

  test("not ours", () => {
    expect(recreation({ ...given, isOurs: false }).action).toBe("wait");
  });

  test("applied as Git declares it now: the same would be refused again", () => {
    expect(recreation({ ...given, desired: { ...wanted(), digest: "d1" } }).action).toBe("wait");
  });

  test.each<Hold>(["policy", "grace", "conflict", "fight", "suspended"])(
    "an edit by hand is kept: %s",
    hold => {
      expect(recreation({ ...given, drift: edited(hold) })).toMatchObject({
        action: "wait",
        fault: {
          message: expect.stringMatching(/edits by hand are kept on it, of data\.a/) as string,
        },
      });
    },
  );
});

test.each<[string, Hold | undefined]>([
  ["undone anyway", undefined],
  ["left to others for good", "ignored"],
  ["left to others for good", "autoscaled"],
])("an edit that is %s: no obstacle", (_, hold) => {
  expect(recreation({ ...given, drift: edited(hold) }).action).toBe("recreate");
});

test.each(["", "true", "disabled", "Enabled"])("nopea.io/recreate: %o is not asked for", value => {
  expect(asksToRecreate(wanted(value))).toBe(false);
});

test("the end of an object is nobody's edit only where Git has changed it, and allows it", () => {
  expect(isMeantToGo(wanted(), live())).toBe(true);
  expect(isMeantToGo({ ...wanted(), digest: "d1" }, live())).toBe(false);
  expect(isMeantToGo(wanted("disabled"), live())).toBe(false);
  expect(isMeantToGo(undefined, live())).toBe(false);
});
