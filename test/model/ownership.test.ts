/** How nopea marks what is a repository's. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/adapters/sha256";
import { LABEL_REPOSITORY, LABEL_REPOSITORY_NAMESPACE } from "../../src/model/annotations";
import {
  formatApplied,
  labelledOwner,
  managingRepository,
  ownerMarks,
  parseApplied,
} from "../../src/model/ownership";

const LABEL_VALUE = /^[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$/;
const label = (length: number) =>
  fc.stringMatching(new RegExp(`^[a-z0-9]([-a-z0-9]{0,${length - 2}}[a-z0-9])?$`));
const dotted = fc
  .array(label(60), { minLength: 1, maxLength: 5 })
  .map(words => words.join("."))
  .filter(name => name.length <= 253);

describe("marks", () => {
  test("ordinary names: as they are", () => {
    expect(ownerMarks({ namespace: "shop", name: "my-app" }, sha256)).toEqual({
      repository: { namespace: "shop", name: "my-app" },
      fieldManager: "nopea:shop/my-app",
      labels: { [LABEL_REPOSITORY]: "my-app", [LABEL_REPOSITORY_NAMESPACE]: "shop" },
    });
  });

  test("63 characters: as they are; 64: the first 54, - and 8 hex digits", () => {
    const [fits, tooLong] = ["x".repeat(63), "x".repeat(64)];
    expect(ownerMarks({ namespace: "n", name: fits }, sha256).labels[LABEL_REPOSITORY]).toBe(fits);
    expect(ownerMarks({ namespace: "n", name: tooLong }, sha256).labels[LABEL_REPOSITORY]).toBe(
      `${"x".repeat(54)}-${sha256(tooLong).slice(0, 8)}`,
    );
  });

  test("law: labels and field manager are what an API server takes", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(label(63), dotted, (namespace, name) => {
        const { fieldManager, labels } = ownerMarks({ namespace, name }, sha256);
        expect(fieldManager.length).toBeLessThanOrEqual(128);
        for (const value of Object.values(labels)) {
          expect(value.length).toBeLessThanOrEqual(63);
          expect(value).toMatch(LABEL_VALUE);
        }
      }),
    );
  });

  test(
    "law: different repositories have different marks, however long their names",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(fc.nat({ max: 150 }), label(5), label(5), (length, one, two) => {
          fc.pre(one !== two);
          const marks = [one, two].map(end =>
            ownerMarks({ namespace: "n", name: `${"x".repeat(length)}${end}` }, sha256),
          );
          expect(marks[0]?.fieldManager).not.toBe(marks[1]?.fieldManager);
          expect(marks[0]?.labels).not.toEqual(marks[1]?.labels);
        }),
      );
    },
  );

  test(
    "law: labels and field manager name the repository that they were made for",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(label(20), label(40), (namespace, name) => {
          const { fieldManager, labels } = ownerMarks({ namespace, name }, sha256);
          expect(managingRepository(fieldManager)).toEqual({ namespace, name });
          expect(labelledOwner(labels)).toEqual({ namespace, name });
        }),
      );
    },
  );

  test.each(["kubectl", "nopea", "nopea:", "nopea:a", "nopea:/a", "xnopea:a/b", "helm/a", ""])(
    "field manager %o: no repository's",
    manager => {
      expect(managingRepository(manager)).toBeUndefined();
    },
  );

  test("labels without nopea's: nobody's", () => {
    expect(labelledOwner({ app: "x", [LABEL_REPOSITORY_NAMESPACE]: "shop" })).toBeUndefined();
  });
});

describe("nopea.io/applied", () => {
  const hex = fc.stringMatching(/^[0-9a-f]{1,64}$/);

  test("law: parse ∘ format = id", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(hex, hex, (digest, commit) => {
        const annotations = { "nopea.io/applied": formatApplied({ digest, commit }) };
        expect(parseApplied(annotations)).toEqual({ digest, commit });
      }),
    );
  });

  test.each(["", "v1:", "v1:ab@", "v1:@cd", "v2:ab@cd", "v1:XY@cd", "v1:ab@cd ", "ab@cd"])(
    "%o: not of nopea's making",
    text => {
      expect(parseApplied({ "nopea.io/applied": text })).toBeUndefined();
    },
  );

  test("absent: nothing", () => {
    expect(parseApplied({})).toBeUndefined();
  });
});
