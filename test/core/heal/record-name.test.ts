/** Names that follow from the object and the time. */
import fc from "fast-check";
import { decodeTime, isValid } from "ulid";
import { expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { editId, recordName } from "../../../src/core/heal/record-name";

const UID = "5f1c6c1e-0b7e-4f0e-9d9b-0d3c1a2b3c4d";
const SINCE = 1_768_473_000_000;

test("an object and a time: the name of the contract's form, for ever the same", () => {
  expect(recordName(UID, SINCE, sha256)).toBe("01kf0k8y20k5ftcmgm9c9z4n7j");
  expect(recordName(UID, SINCE, () => "f".repeat(64))).toMatch(/z{16}$/);
  expect(recordName(UID, SINCE, () => "0".repeat(63) + "1")).toMatch(/0{16}$/);
});

test("law: a ULID of the time, sorted as time is", { timeout: 60_000 }, () => {
  const time = fc.nat({ max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(fc.uuid(), time, time, (uid, a, b) => {
      const names = [recordName(uid, a, sha256), recordName(uid, b, sha256)] as const;
      expect(names[0]).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
      expect(isValid(names[0].toUpperCase())).toBe(true);
      expect(decodeTime(names[0].toUpperCase())).toBe(a);
      if (a < b) expect(names[0] < names[1]).toBe(true);
    }),
  );
});

test("another object, another time, another edit: another name", () => {
  const names = [
    recordName(UID, SINCE, sha256),
    recordName(`${UID}x`, SINCE, sha256),
    recordName(UID, SINCE + 1, sha256),
    editId(UID, SINCE, "1", sha256),
    editId(UID, SINCE, "2", sha256),
  ];
  expect(new Set(names.map(name => name.slice(10))).size).toBe(5);
});

test.each([-1, NaN, Infinity, 1.5, 2 ** 60])("time %d: a name nevertheless", since => {
  expect(recordName(UID, since, sha256)).toMatch(/^[0-9a-z]{26}$/);
});
