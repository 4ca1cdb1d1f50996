import { describe, expect, it } from "vitest";
import { unlessAborted } from "../../src/adapters/unless-aborted";

const never = new Promise<never>(() => undefined);

describe("unlessAborted", () => {
  it("not aborted: settles as the promise does", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  });

  it("aborted before or while it waits: rejects with the reason", async () => {
    const reason = new Error("enough");
    await expect(unlessAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
