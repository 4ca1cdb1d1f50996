/** What a watch of DriftRecords tells of all repositories, and which of it reaches which worker. */
import { beforeEach, describe, expect, test } from "vitest";
import { sealTestimony } from "../../src/core/evidence/seal-testimony";
import { pendingRecordOf } from "../../src/core/heal/record";
import { sha256 } from "../../src/adapters/sha256";
import type { Edit, Episode } from "../../src/model/episode";
import type { JsonObject } from "../../src/model/json";
import type { Testimony } from "../../src/model/testimony";
import type { Custody } from "../../src/worker/custody";
import { createRecordListener, type RecordListener } from "../../src/worker/record-events";
import { seal, verify } from "../support/admission";
import { episode } from "../support/episodes";
import { recordTools } from "../support/record-tools";

const repository = (name: string) => ({ uid: `uid of ${name}`, namespace: "team", name });
const rfc3339 = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** All that the worker of `name` was told, in order. */
let heard: string[];
let listener: RecordListener;
beforeEach(() => {
  heard = [];
  const custodies = new Map(["a", "b"].map(name => [`uid of ${name}`, custody(name)]));
  listener = createRecordListener(() => custodies);
});

function custody(name: string): Custody {
  const told = (record: string, found: Episode | undefined) =>
    `${record} ${found?.decision ?? "none"}`;
  const tell = (what: string) => void heard.push(`${name}: ${what}`);
  const part = {
    reader: { fieldManager: "nopea", sha256, verifySeal: verify },
    records: {
      noticed: (record: string, found: Episode | undefined) => tell(told(record, found)),
      listed: (found: ReadonlyMap<string, Episode | undefined>) =>
        tell(`listed ${[...found].map(([record, one]) => told(record, one)).join(", ")}`.trim()),
    },
    testimonies: { add: ({ record, edit }: Testimony) => tell(`add ${record} by ${edit.by}`) },
    episodes: { testify: (id: string, edit: Edit) => tell(`testify ${id} ${edit.verb}`) },
    knowledge: { touch: (id: string) => tell(`touch ${id}`) },
  };
  // a listener asks for nothing else of it
  return part as unknown as Custody;
}

const record = (of: string, name: string, more: Partial<Episode> = {}) =>
  recordTools.write(repository(of), episode(name, more));

/** What the admission process leaves, without its seal. */
function pending(of: string, name: string, verb: Edit["verb"] = "DELETE"): JsonObject {
  const { key, apiVersion, uid } = episode(name);
  const edit: Edit = { id: "e1", by: "larry", at: 0, verb, source: "admission", changes: [] };
  const testimony = { record: name, key, apiVersion, uid, edit };
  return pendingRecordOf(repository(of), testimony, { rfc3339, sha256 });
}

const sealed = (...args: Parameters<typeof pending>) => sealTestimony(pending(...args), seal);

describe("one record", () => {
  test("written or removed: told to the worker whose GitRepository owns it, to no other", () => {
    listener.upsert(record("a", "r1"));
    listener.upsert(record("b", "r2", { decision: "healed" }));
    listener.remove(record("b", "r2"));
    expect(heard).toEqual(["a: r1 waiting", "b: r2 healed", "b: r2 none"]);
  });

  test("of a repository of that name that is gone, of nobody, or of another kind's: told to nobody", () => {
    const own = record("a", "r1");
    const owners = [
      [{ kind: "GitRepository", name: "a", uid: "uid of an older a" }],
      [{ kind: "Deployment", name: "a", uid: "uid of a" }],
      [{ kind: "GitRepository", name: "a" }],
      ["uid of a"],
      "uid of a",
    ];
    for (const ownerReferences of owners) {
      const stray = { ...own, metadata: { name: "r1", ownerReferences } };
      listener.upsert(stray);
      listener.remove(stray);
    }
    listener.upsert({});
    listener.remove({ metadata: null });
    expect(heard).toEqual([]);
  });

  test("that cannot be read: told as none, so that it is written again", () => {
    listener.upsert({ ...record("a", "r1"), status: { state: "open" } });
    expect(heard).toEqual(["a: r1 none"]);
  });
});

describe("a pending record", () => {
  const OBJECT = "Deployment.apps/shop/api";

  test("sealed: what was seen of a deletion is kept, and told to the episode", () => {
    listener.upsert(sealed("a", "p1"));
    expect(heard).toEqual(["a: p1 none", "a: add p1 by larry", `a: testify ${OBJECT} DELETE`]);
  });

  test("sealed, of a scaling: the object is also judged again", () => {
    listener.upsert(sealed("a", "p1", "SCALE"));
    expect(heard.slice(1)).toEqual([
      "a: add p1 by larry",
      `a: testify ${OBJECT} SCALE`,
      `a: touch ${OBJECT}`,
    ]);
  });

  test("unsealed, or changed since: names nobody", () => {
    listener.upsert(pending("a", "p1"));
    const { status, ...rest } = sealed("a", "p2");
    const edits = [{ ...firstEdit(status), by: "kim" }];
    listener.upsert({ ...rest, status: { ...(status as JsonObject), edits } });
    listener.upsert(renamed(sealed("a", "p3"), "p4"));
    expect(heard).toEqual(["a: p1 none", "a: p2 none", "a: p4 none"]);
  });

  test("sealed, of a repository that nobody works on: told to nobody", () => {
    listener.upsert(sealed("c", "p1"));
    expect(heard).toEqual([]);
  });

  test("removed: says nothing of what was seen", () => {
    listener.remove(sealed("a", "p1"));
    expect(heard).toEqual(["a: p1 none"]);
  });
});

test("a list: to each worker its own, also to one that has none; sealed pending ones are heard", () => {
  listener.replace([record("a", "r1"), sealed("a", "p1"), record("c", "r3"), pending("a", "p2")]);
  expect(heard).toEqual([
    "a: listed r1 waiting, p1 none, p2 none",
    "a: add p1 by larry",
    "a: testify Deployment.apps/shop/api DELETE",
    "b: listed",
  ]);
});

function firstEdit(status: unknown): JsonObject {
  return ((status as JsonObject).edits as readonly JsonObject[])[0] ?? {};
}

function renamed(object: JsonObject, name: string): JsonObject {
  return { ...object, metadata: { ...(object.metadata as JsonObject), name } };
}
