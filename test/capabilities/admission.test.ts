/** What Pepr gets of an admission request, and what the hooks get. */
import { describe, expect, it } from "vitest";
import { answer, createAdmission, setAside } from "../../capabilities/admission";

const secret = (token: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "a", namespace: "n", uid: "1", managedFields: [{}] },
  data: { token },
});

const update = () => ({
  uid: "1",
  operation: "UPDATE",
  kind: { group: "", version: "v1", kind: "Secret" },
  object: secret("bmV3"),
  oldObject: secret("b2xk"),
});

const shell = { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "n" } };

/** The hooks, and what they were asked about. */
function hooksOn() {
  const seen: unknown[] = [];
  const hooks = {
    mutate: (request: unknown) => void seen.push(request),
    take: () => ({ patch: [], warnings: [] }),
    witness: (request: unknown) => Promise.resolve([String(seen.push(request))]),
  };
  const { bindings } = createAdmission(hooks);
  return { seen, bindings };
}

/** As Pepr hands a request to a callback. */
const wrapped = (request: object) =>
  ({ Request: request, Approve: (warnings: string[]) => ({ allowed: true, warnings }) }) as never;

describe("a request that was set aside", () => {
  it("Pepr gets what it chooses actions by, and nothing of a Secret", () => {
    const request = update();
    setAside(request);
    expect(request).toEqual({ ...update(), object: shell, oldObject: shell });
  });

  it("the mutating hook gets the whole", () => {
    const { seen, bindings } = hooksOn();
    const request = update();
    setAside(request);
    for (const { mutateCallback } of bindings) void mutateCallback?.(wrapped(request));
    expect(seen).toEqual([update()]);
  });

  it.each([
    ["of a deletion", { operation: "DELETE", object: null }],
    ["of a scaling", { subResource: "scale" }],
  ])("the witness %s gets the whole", async (_, part) => {
    const { seen, bindings } = hooksOn();
    const request = { ...update(), ...part };
    const whole = structuredClone(request);
    setAside(request);
    const [scale, deletion] = bindings.flatMap(({ validateCallback }) => validateCallback ?? []);
    const callback = "subResource" in part ? scale : deletion;
    expect(await callback?.(wrapped(request))).toEqual({ allowed: true, warnings: ["1"] });
    expect(seen).toEqual([whole]);
  });

  it("what has no object, or is no request, stays as it is", () => {
    for (const request of [{}, { kind: {} }, { object: null }, { object: "text" }]) {
      const before = structuredClone(request);
      setAside(request);
      expect(request).toMatchObject(before);
    }
  });

  it("a GitRepository stays: Pepr hands its copy to whoever judges it", () => {
    const request = { ...update(), kind: { group: "nopea.false.systems", kind: "GitRepository" } };
    const before = structuredClone(request);
    setAside(request);
    expect(request).toEqual(before);
  });
});

describe("the answer", () => {
  it("Pepr's own patch is left out, and ours is put in", () => {
    const patch = [{ op: "add" as const, path: "/metadata/labels", value: {} }];
    const response = { uid: "1", patch: "cGVwcg==", patchType: "JSONPatch" as const };
    answer({ take: () => ({ patch, warnings: ["careful"] }) }, response);
    const text = Buffer.from(JSON.stringify(patch)).toString("base64");
    expect(response).toEqual({
      uid: "1",
      patch: text,
      patchType: "JSONPatch",
      warnings: ["careful"],
    });
  });
});
