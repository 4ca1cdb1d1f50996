/** The Service of nopea's HTTP port. */
import { expect, test } from "vitest";
import { installService } from "../../../src/adapters/kube/service";
import { createFakeKube } from "../../support/fake-kube";

const { signal } = new AbortController();

test("applied: port 80 leads to the port, of the watcher's pods, as field manager nopea", async () => {
  const { kube, requests } = createFakeKube(() => ({ status: 201 }));
  await installService(kube, 4321, signal);
  expect(requests).toMatchObject([
    {
      method: "PATCH",
      path: "/api/v1/namespaces/pepr-system/services/nopea",
      query: { fieldManager: "nopea", force: "true" },
      contentType: "application/apply-patch+yaml",
    },
  ]);
  expect(JSON.parse(requests[0]?.body ?? "")).toMatchObject({
    spec: { ports: [{ name: "http", port: 80, targetPort: 4321 }] },
  });
});

test("refused: an error that says what and why", async () => {
  const { kube } = createFakeKube(() => ({ status: 403, body: { message: "not yours" } }));
  await expect(installService(kube, 4000, signal)).rejects.toThrow(
    "Service pepr-system/nopea: not yours",
  );
});
