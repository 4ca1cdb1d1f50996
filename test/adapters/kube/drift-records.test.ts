/** DriftRecords on the real API server: how many requests they take, what people do to them, and servers that fail. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Kube, KubeAnswer } from "../../../src/adapters/kube/client";
import { recordTools } from "../../support/record-tools";
import { createDriftRecords } from "../../../src/adapters/kube/drift-records";
import { installDefinitions } from "../../../src/adapters/kube/install";
import { API_VERSION } from "../../../src/model/annotations";
import { episode } from "../../support/episodes";
import { eventually, testCluster } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect } from "../../support/kube-adapter";

const server = testCluster();
const kube = connect(server.adminAccess);
const signal = () => new AbortController().signal;
const requests: string[] = [];
const counting: Kube = async request => {
  const answer = await kube(request);
  requests.push(`${request.method ?? "GET"} ${answer.status}`);
  return answer;
};
const record = () => ({ apiVersion: API_VERSION, kind: "DriftRecord", namespace, name: "01a" });
let namespace: string;
let repository: { uid: string; namespace: string; name: string };
beforeAll(() => installDefinitions(kube, signal()));
beforeEach(async () => {
  namespace = await server.createNamespace("records");
  const { metadata } = await server.admin.create({
    apiVersion: API_VERSION,
    kind: "GitRepository",
    metadata: { name: "my-app", namespace },
    spec: { url: "https://git.example.com/my-app.git", suspend: true },
  });
  repository = { uid: metadata.uid ?? "", namespace, name: "my-app" };
  requests.length = 0;
});

const open = () => createDriftRecords(counting, recordTools);

describe("requests", () => {
  test("a new record: one, so that none is ever without its status; one that was written before: one", async () => {
    const records = open();
    await records.write(repository, episode("01a"), signal());
    expect(requests.splice(0)).toEqual(["PATCH 201"]);
    await records.write(repository, episode("01a", { repeats: 1 }), signal());
    expect(requests.splice(0)).toEqual(["PATCH 200"]);
  });

  test("after a restart: one, whether it was listed or not", async () => {
    await open().write(repository, episode("01a"), signal());
    const listing = open();
    await listing.list(repository, signal());
    requests.length = 0;
    await listing.write(repository, episode("01a", { repeats: 1 }), signal());
    expect(requests.splice(0)).toEqual(["PATCH 200"]);
    await open().write(repository, episode("01a", { repeats: 2 }), signal());
    expect(requests.splice(0)).toEqual(["PATCH 200"]);
  });
});

describe("what people do", () => {
  test("spec or label changed: as they were, with the next write", async () => {
    const records = open();
    await records.write(repository, episode("01a"), signal());
    const before = await server.admin.get(record());
    await server.admin.patch(record(), { spec: { repository: "other", object: { name: "x" } } });
    await records.write(repository, episode("01a", { repeats: 1 }), signal());
    expect((await server.admin.get(record())).spec).toEqual(before.spec);
    await server.admin.patch(record(), { metadata: { labels: { "nopea.io/repository": null } } });
    await records.write(repository, episode("01a", { repeats: 2 }), signal());
    expect(await records.list(repository, signal())).toEqual([episode("01a", { repeats: 2 })]);
  });

  test("a label or annotation of their own: left, and costs no request", async () => {
    const records = open();
    await records.write(repository, episode("01a"), signal());
    await server.admin.patch(record(), { metadata: { labels: { ticket: "INC-4711" } } });
    requests.length = 0;
    await records.write(repository, episode("01a", { repeats: 1 }), signal());
    expect(requests).toEqual(["PATCH 200"]);
    expect((await server.admin.get(record())).metadata.labels).toMatchObject({
      ticket: "INC-4711",
    });
  });

  test("a record that tells no episode: left out", async () => {
    await open().write(repository, episode("01a"), signal());
    await server.admin.create({
      ...{ apiVersion: API_VERSION, kind: "DriftRecord" },
      metadata: { name: "mine", namespace, labels: { "nopea.io/repository": "my-app" } },
      spec: { repository: "my-app", object: {} },
    });
    expect(await open().list(repository, signal())).toEqual([episode("01a")]);
  });

  test("more than a page: all of them", async () => {
    const { kube: paged, requests: asked } = createFakeKube(({ query = {} }) => {
      const page = Number(query.continue ?? "0");
      const item = {
        metadata: { name: `0${page}` },
        spec: { repository: "my-app", object: { apiVersion: "v1", kind: "Pod", name: "a" } },
        status: { class: "conflict", decision: "left", since: "2026-01-15T10:30:00Z" },
      };
      return { body: { items: [item], metadata: { continue: page < 2 ? `${page + 1}` : "" } } };
    });
    const found = await createDriftRecords(paged, recordTools).list(repository, signal());
    expect(found.map(({ record: name }) => name)).toEqual(["00", "01", "02"]);
    expect(asked).toHaveLength(3);
  });
});

describe("no place for it", () => {
  test("the namespace is gone, or going: no failure", async () => {
    const gone = { ...repository, namespace: `${namespace}-gone` };
    await open().write(gone, episode("01a"), signal());
    await open().remove(gone, "01a", signal());
    await server.admin.patch(
      { apiVersion: API_VERSION, kind: "GitRepository", namespace, name: "my-app" },
      { metadata: { finalizers: ["example.com/hold"] } },
    );
    const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
    await server.admin.delete(ref);
    await eventually(
      async () => (await server.admin.find(ref))?.metadata.deletionTimestamp,
      10_000,
    );
    await open().write(repository, episode("01a"), signal());
    expect(requests).toEqual(["PATCH 404", "DELETE 404", "PATCH 403"]);
    await server.admin.patch(
      { apiVersion: API_VERSION, kind: "GitRepository", namespace, name: "my-app" },
      { metadata: { finalizers: null } },
    );
  });
});

describe("servers that fail", () => {
  test.each<[Partial<KubeAnswer>, string]>([
    [{ status: 403, body: { message: "no right" } }, "object-forbidden"],
    [{ status: 422, body: { message: "status.class: wrong" } }, "object-refused"],
    [{ status: 404, body: { message: "no such kind" } }, "object-refused"],
    [{ status: 500 }, "cluster-unreachable"],
    [{ status: 503 }, "cluster-unreachable"],
  ])("%o: %s, and it says what was asked", async (answer, code) => {
    const { kube: failing } = createFakeKube(() => answer);
    const records = createDriftRecords(failing, recordTools);
    await expect(records.write(repository, episode("01a"), signal())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^PATCH .*driftrecords\/01a: \d+/) as string,
    });
  });

  test("a known record whose status is refused: an error, and not written twice", async () => {
    let refuse = false;
    const causes = [{ field: "status.class" }];
    const refused = { status: 422, body: { message: "wrong", details: { causes } } };
    const { kube: failing, requests: asked } = createFakeKube(() => (refuse ? refused : {}));
    const records = createDriftRecords(failing, recordTools);
    await records.write(repository, episode("01a"), signal());
    refuse = true;
    const writing = records.write(repository, episode("01a"), signal());
    await expect(writing).rejects.toMatchObject({ code: "object-refused" });
    expect(asked).toHaveLength(2);
  });
});
