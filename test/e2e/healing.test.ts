/** Edits by hand, on the real API server: found at once, healed by policy, recorded. */
import { describe, expect, it } from "vitest";
import { configMap, useWorld } from "../support/world";

const world = useWorld();

describe.concurrent("healPolicy auto", () => {
  it("an edit of a declared field: healed within a second, and recorded as closed", async () => {
    const app = await world.app({ files: { "a.yaml": configMap("a", "1") } });
    await app.synced();
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: app.namespace, name: "a" };
    await world.cluster.admin.patch(ref, { data: { value: "2" } });
    await app.holds("a", "1", 1_000);
    const records = await world.cluster.admin.list(
      "nopea.false.systems/v1alpha1",
      "DriftRecord",
      { namespace: app.namespace },
    );
    expect(records.map(({ status }) => status)).toMatchObject([{ decision: "healed" }]);
  });
});
