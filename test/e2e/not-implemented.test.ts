/** Fields whose behaviour is still to come are named. */
import { describe, expect, it } from "vitest";
import { conditionOf, configMap, readyMessage, useWorld } from "../support/world";

const world = useWorld();

describe.concurrent("a field without effect yet", () => {
  it("notify: the sync runs, and Ready names it", async () => {
    const app = await world.app({
      files: { "a.yaml": configMap("a", "1") },
      spec: { notify: { url: "https://notify.invalid/hook" } },
    });
    const { status } = await app.synced();
    expect(conditionOf(status, "Ready")?.status).toBe("True");
    expect(readyMessage(status)).toContain("Not implemented yet, without effect: spec.notify");
  });
});
