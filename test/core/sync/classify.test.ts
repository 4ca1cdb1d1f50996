/** Whose a live object is. */
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../src/adapters/sha256";
import { classify, otherOwners } from "../../../src/core/sync/classify";
import type { FieldManager } from "../../../src/model/live";
import { ownerMarks, type RepositoryName } from "../../../src/model/ownership";
import { live, MARKS } from "../../support/examples";

const THEIRS = ownerMarks({ namespace: "team", name: "other" }, sha256);
const applied = (manager: string): FieldManager => ({ manager, operation: "Apply" });
const updated = (manager: string): FieldManager => ({ manager, operation: "Update" });
/** Every repository exists; none lives in no namespace. */
const everybody = ({ namespace }: RepositoryName) => namespace !== "";
const nobody = () => false;

const ours = { of: "us", labelled: true };
const oursUnlabelled = { of: "us", labelled: false };
const theirs = { of: "another", repository: { namespace: "team", name: "other" } };
const free = { of: "nobody" };

describe("an object", () => {
  test.each([
    ["with our labels and our manager", live(), ours],
    ["with our manager, its labels stripped", live({ labels: {} }), oursUnlabelled],
    [
      "with our manager, one of its labels stripped",
      live({ labels: { "nopea.io/repository": "my-app" } }),
      oursUnlabelled,
    ],
    [
      "with our labels, without our manager: a copy",
      live({ managers: [applied("kubectl")] }),
      free,
    ],
    ["with our manager as an editor only", live({ managers: [updated(MARKS.fieldManager)] }), free],
    ["without labels and managers", live({ labels: {}, managers: [] }), free],
    [
      "of kubectl and Helm",
      live({ labels: {}, managers: [applied("helm"), updated("kubectl")] }),
      free,
    ],
    [
      "with another's labels and manager",
      live({ labels: THEIRS.labels, managers: [applied(THEIRS.fieldManager)] }),
      theirs,
    ],
    ["with another's labels only", live({ labels: THEIRS.labels, managers: [] }), theirs],
    [
      "with another's manager, its labels stripped",
      live({ labels: {}, managers: [applied(THEIRS.fieldManager)] }),
      theirs,
    ],
    [
      "with another's labels, applied by us and by it",
      live({
        labels: THEIRS.labels,
        managers: [applied(MARKS.fieldManager), applied(THEIRS.fieldManager)],
      }),
      theirs,
    ],
    [
      "that we took over: our labels, both managers",
      live({ managers: [applied(THEIRS.fieldManager), applied(MARKS.fieldManager)] }),
      ours,
    ],
    [
      "with our labels, applied by another only",
      live({ managers: [applied(THEIRS.fieldManager)] }),
      theirs,
    ],
    [
      "that another only edited",
      live({ labels: {}, managers: [updated(THEIRS.fieldManager)] }),
      free,
    ],
  ])("%s", (_, object, expected) => {
    expect(classify(object, MARKS, everybody)).toEqual(expected);
  });
});

describe("an owner that is gone", () => {
  test("owns nothing: what only it managed is nobody's", () => {
    const object = live({ labels: THEIRS.labels, managers: [applied(THEIRS.fieldManager)] });
    expect(classify(object, MARKS, nobody)).toEqual(free);
  });

  test("labels of one that is gone, manager of one that exists: the latter's", () => {
    const gone = ownerMarks({ namespace: "team", name: "gone" }, sha256);
    const object = live({ labels: gone.labels, managers: [applied(THEIRS.fieldManager)] });
    expect(classify(object, MARKS, ({ name }) => name === "other")).toEqual(theirs);
  });
});

describe("who else claims it", () => {
  test("ours alone: nobody", () => {
    expect(otherOwners(live(), MARKS)).toEqual([]);
  });

  test("labels and managers of others: each of them", () => {
    const third = ownerMarks({ namespace: "team", name: "third" }, sha256);
    const object = live({
      labels: THEIRS.labels,
      managers: [applied(MARKS.fieldManager), applied(third.fieldManager), applied("kubectl")],
    });
    expect(otherOwners(object, MARKS)).toEqual([THEIRS.repository, third.repository]);
  });
});
