/** The seal key in Secret `nopea`: made once, whoever comes first, and nothing else of the Secret touched. */
import { setMaxListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { Kube } from "../../../src/adapters/kube/client";
import { ensureSealKey, readSealKey } from "../../../src/adapters/kube/seal-key";
import { testCluster, type KubeObject } from "../../support/cluster";
import { createFakeKube } from "../../support/fake-kube";
import { connect } from "../../support/kube-adapter";

const { signal } = new AbortController();
setMaxListeners(0, signal);
const server = testCluster();
const real = connect(server.adminAccess);
const KEY = /^[A-Za-z0-9_-]{43}$/;

/** pepr-system is that of the nopea which runs here: another namespace takes its place. */
async function setUp() {
  const namespace = await server.createNamespace("seal");
  const kube: Kube = ({ path, body, ...request }) =>
    real({
      ...request,
      path: path.replace("pepr-system", namespace),
      ...(body === undefined ? {} : { body: body.replace("pepr-system", namespace) }),
    });
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name: "nopea" };
  const read = () => server.admin.get<KubeObject & { data: Record<string, string> }>(ref);
  const create = (data?: Record<string, string>) =>
    server.admin.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "nopea" },
      ...(data === undefined ? {} : { data }),
    });
  return { kube, read, create };
}

describe("on a real API server", () => {
  test("no Secret: none to read; ensured: made, and the same from then on", async () => {
    const { kube, read } = await setUp();
    expect(await readSealKey(kube, signal)).toBeUndefined();
    const key = await ensureSealKey(kube, signal);
    expect(key).toMatch(KEY);
    expect(await readSealKey(kube, signal)).toBe(key);
    expect(await ensureSealKey(kube, signal)).toBe(key);
    expect(Object.keys((await read()).data)).toEqual(["NOPEA_SEAL_KEY"]);
  });

  test("a Secret with other keys: they stay", async () => {
    const { kube, read, create } = await setUp();
    await create({ NOPEA_WEBHOOK_SECRET: btoa("hunter2") });
    const key = await ensureSealKey(kube, signal);
    expect((await read()).data).toEqual({
      NOPEA_WEBHOOK_SECRET: btoa("hunter2"),
      NOPEA_SEAL_KEY: btoa(key),
    });
  });

  test("a Secret without data, or with an empty key: it gets one", async () => {
    const [empty, blank] = [await setUp(), await setUp()];
    await empty.create();
    await blank.create({ NOPEA_SEAL_KEY: "" });
    expect(await readSealKey(blank.kube, signal)).toBeUndefined();
    for (const { kube } of [empty, blank]) {
      const key = await ensureSealKey(kube, signal);
      expect(await readSealKey(kube, signal)).toBe(key);
    }
  });

  test("a key that somebody chose: it is the key", async () => {
    const { kube, create } = await setUp();
    await create({ NOPEA_SEAL_KEY: btoa("chosen\n") });
    expect(await ensureSealKey(kube, signal)).toBe("chosen");
  });

  test.each([true, false])("many at once (a Secret is there: %s): one key", async isThere => {
    const { kube, create } = await setUp();
    if (isThere) await create({ other: btoa("value") });
    const all = Array.from({ length: 8 }, () => ensureSealKey(kube, signal));
    expect(new Set(await Promise.all(all)).size).toBe(1);
  });
});

describe("refused", () => {
  const secret = { metadata: { resourceVersion: "7" }, data: { other: btoa("hunter2") } };

  test("a read that fails: an error, and no key is made", async () => {
    const { kube, requests } = createFakeKube(() => ({ status: 503 }));
    await expect(ensureSealKey(kube, signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
    });
    await expect(readSealKey(kube, signal)).rejects.toThrow("503");
    expect(requests.map(({ method }) => method)).toEqual([undefined, undefined]);
  });

  test.each([
    [403, "object-forbidden"],
    [500, "object-refused"],
  ])("a write that is answered %d: an error that quotes nothing", async (status, code) => {
    const body = { message: "hunter2" };
    const { kube, requests } = createFakeKube(({ method }) =>
      method === undefined ? { body: secret } : { status, body },
    );
    const refused = ensureSealKey(kube, signal);
    await expect(refused).rejects.toMatchObject({
      code,
      message: `Secret pepr-system/nopea not written: HTTP ${status}`,
    });
    expect(requests).toHaveLength(2);
  });

  test("the Secret changes with every try: given up after ten", async () => {
    const { kube, requests } = createFakeKube(({ method }) =>
      method === undefined ? { body: secret } : { status: 409 },
    );
    await expect(ensureSealKey(kube, signal)).rejects.toMatchObject({ code: "object-contested" });
    expect(requests).toHaveLength(20);
  });
});
