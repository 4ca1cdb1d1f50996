/** Lists in pages, and what goes wrong between two of them. */
import { describe, expect, test } from "vitest";
import type { KubeAnswer, KubeRequest } from "../../../src/adapters/kube/client";
import { observe } from "../../../src/adapters/kube/observe";
import type { Desired } from "../../../src/model/manifest";
import { createFakeKube } from "../../support/fake-kube";

const kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const labels = { "nopea.io/repository": "app", "nopea.io/repository-namespace": "shop" };
const signal = new AbortController().signal;

function page(names: readonly string[], next = ""): Partial<KubeAnswer> {
  const items = names.map(name => ({ metadata: { name, namespace: "shop", uid: name } }));
  return { body: { metadata: { continue: next }, items } };
}

async function look(
  answer: (request: KubeRequest, count: number) => Partial<KubeAnswer> | undefined,
) {
  const { kube, requests } = createFakeKube(answer);
  const query = { labels, kinds: [kind], sought: [], namespaces: [] };
  const { objects } = await observe(kube, query, signal);
  return { names: [...objects.values()].map(({ live }) => live.key.name), requests };
}

test("three pages: all of them, each asked for with the token of the one before", async () => {
  const pages = [page(["a"], "t1"), page(["b"], "t2"), page(["c"])];
  const { names, requests } = await look((_, count) => pages[count - 1]);
  expect(names).toEqual(["a", "b", "c"]);
  expect(requests.map(({ query }) => query?.continue)).toEqual(["", "t1", "t2"]);
  expect(requests[0]?.query).toMatchObject({
    limit: "1000",
    labelSelector: "nopea.io/repository=app,nopea.io/repository-namespace=shop",
  });
});

test("the token is too old (410): the list begins again, and nothing is missing or double", async () => {
  const pages = [page(["a"], "t1"), { status: 410 }, page(["a", "b"], "t2"), page(["c"])];
  const { names } = await look((_, count) => pages[count - 1]);
  expect(names).toEqual(["a", "b", "c"]);
});

test("a list that is forbidden: an error that names the path, not an empty cluster", async () => {
  const looking = look(() => ({ status: 403, body: { message: "no" } }));
  await expect(looking).rejects.toMatchObject({
    code: "object-forbidden",
    message: "GET /api/v1/configmaps: 403 no",
  });
});

test("a server that fails: an error, not an empty cluster", async () => {
  await expect(look(() => ({ status: 500 }))).rejects.toMatchObject({
    code: "cluster-unreachable",
  });
});

test("items that are no objects: left out", async () => {
  const items = [null, 1, {}, { metadata: null }, { metadata: { name: "a" } }];
  const { names } = await look(() => ({ body: { items } }));
  expect(names).toEqual([]);
});

describe("a kind whose server is away", () => {
  const widgets = {
    apiVersion: "example.com/v1",
    kind: "Widget",
    plural: "widgets",
    namespaced: true,
  };
  const wanted = (name: string): Desired => {
    const { apiVersion } = widgets;
    const key = { group: "example.com", kind: "Widget", namespace: "shop", name };
    const manifest = { apiVersion, kind: "Widget", metadata: { name } };
    return { key, kind: widgets, manifest, digest: "d", source: { file: "w.yaml", line: 1 } };
  };
  const isWidget = ({ path }: KubeRequest) => path.startsWith("/apis/example.com/v1/");

  test("at its list: said of the kind, none of its objects is asked for, the others are found", async () => {
    const { kube, requests } = createFakeKube(request =>
      isWidget(request) ? { status: 503 } : page(["a"]),
    );
    const query = { labels, kinds: [kind, widgets], sought: [wanted("w")], namespaces: [] };
    const { objects, unavailable } = await observe(kube, query, signal);
    expect([...objects.keys()]).toEqual(["ConfigMap/shop/a"]);
    const message = "GET /apis/example.com/v1/widgets: 503";
    expect([...unavailable]).toEqual([
      ["example.com/v1/Widget", { code: "kind-unavailable", message }],
    ]);
    expect(requests.filter(isWidget).length).toBe(1);
  });

  test("at its second page: said of the kind, what the first page held is not taken for all", async () => {
    const { kube } = createFakeKube((_, count) =>
      count === 1 ? page(["a"], "t") : { status: 500 },
    );
    const query = { labels, kinds: [widgets], sought: [], namespaces: [] };
    const { objects, unavailable } = await observe(kube, query, signal);
    expect([objects.size, [...unavailable.keys()]]).toEqual([0, ["example.com/v1/Widget"]]);
  });

  test.each([1, 5])("at a look for %i objects by name: said of the kind", async count => {
    const { kube } = createFakeKube(({ query }) =>
      query?.labelSelector ? page([]) : { status: 500, body: { message: "conversion failed" } },
    );
    const sought = Array.from({ length: count }, (_, index) => wanted(`w${index}`));
    const query = { labels, kinds: [widgets], sought, namespaces: [] };
    const { unavailable } = await observe(kube, query, signal);
    expect(unavailable.get("example.com/v1/Widget")).toMatchObject({
      code: "kind-unavailable",
      message: expect.stringMatching(/widgets.*: 500 conversion failed$/) as string,
    });
  });
});

describe("values of others", () => {
  const wanted = (name: string): Desired => {
    const key = { group: "", kind: "ConfigMap", namespace: "shop", name };
    const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
    return { key, kind, manifest, digest: "d", source: { file: "c.yaml", line: 1 } };
  };

  test("many objects sought in a namespace: listed as metadata, those that are there read whole", async () => {
    const { kube, requests } = createFakeKube(({ path, query }) => {
      if (path.endsWith("/configmaps")) return query?.labelSelector ? page([]) : page(["a", "z"]);
      const metadata = { name: "a", namespace: "shop", uid: "a" };
      return path.endsWith("/a") ? { body: { metadata, data: { k: "1" } } } : undefined;
    });
    const sought = ["a", "b", "c", "d"].map(wanted);
    const { objects } = await observe(kube, { labels, kinds: [], sought, namespaces: [] }, signal);
    expect([...objects]).toMatchObject([
      ["ConfigMap/shop/a", { live: { uid: "a" }, object: { kind: "ConfigMap", data: { k: "1" } } }],
    ]);
    expect(requests.map(({ path, accept }) => [path, accept?.includes("PartialObject")])).toEqual([
      ["/api/v1/namespaces/shop/configmaps", true],
      ["/api/v1/namespaces/shop/configmaps/a", undefined],
    ]);
  });
});
