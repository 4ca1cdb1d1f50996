/** Whose write it is, and what of a request is read. */
import { describe, expect, test } from "vitest";
import { parseRequest } from "../../../src/core/evidence/parse-request";
import { writerOf } from "../../../src/core/evidence/who";

const user = (name: string, extra: readonly string[] = []) => ({ name, groups: [], extra });

describe("the writer", () => {
  test.each([
    ["system:serviceaccount:pepr-system:pepr-nopea", "nopea"],
    ["system:serviceaccount:pepr-system:pepr-nopea2", "somebody"],
    ["system:serviceaccount:other:pepr-nopea", "somebody"],
    ["system:node:node-1", "system"],
    ["system:kube-controller-manager", "system"],
    ["system:apiserver", "system"],
    ["system:apiserver2", "somebody"],
    ["system:serviceaccount:kube-system:deployment-controller", "system"],
    ["system:serviceaccount:kube-system-2:x", "somebody"],
    ["system:serviceaccount:argo:operator", "somebody"],
    ["system:admin", "somebody"],
    ["kubernetes-admin", "somebody"],
    ["", "somebody"],
  ])("%s: %s", (name, writer) => {
    expect(writerOf(user(name))).toBe(writer);
  });

  test("with the extra that only nopea's impersonation sets: nopea", () => {
    expect(writerOf(user("system:serviceaccount:shop:deployer", ["nopea.io/writer"]))).toBe(
      "nopea",
    );
  });

  test("another account is nopea's where it is told so", () => {
    const account = { namespace: "gitops", name: "nopea" };
    expect(writerOf(user("system:serviceaccount:gitops:nopea"), account)).toBe("nopea");
    expect(writerOf(user("system:serviceaccount:pepr-system:pepr-nopea"), account)).toBe(
      "somebody",
    );
  });
});

describe("a request", () => {
  const raw = {
    uid: "r-1",
    operation: "UPDATE",
    dryRun: false,
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    resource: { group: "apps", version: "v1", resource: "deployments" },
    subResource: "scale",
    namespace: "shop",
    name: "api",
    userInfo: { username: "larry", groups: ["sre", 1], extra: { "nopea.io/writer": ["1"] } },
    options: { kind: "PatchOptions", fieldManager: "kubectl-edit" },
    object: { kind: "Deployment" },
    oldObject: null,
  };

  test("all of it", () => {
    expect(parseRequest(raw)).toEqual({
      uid: "r-1",
      operation: "UPDATE",
      dryRun: false,
      kind: { group: "apps", version: "v1", kind: "Deployment" },
      resource: { group: "apps", version: "v1", plural: "deployments" },
      subresource: "scale",
      namespace: "shop",
      name: "api",
      user: { name: "larry", groups: ["sre"], extra: ["nopea.io/writer"] },
      fieldManager: "kubectl-edit",
      object: { kind: "Deployment" },
      oldObject: undefined,
    });
  });

  test("what is left out: empty", () => {
    const { uid, operation, kind } = raw;
    expect(parseRequest({ uid, operation, kind })).toMatchObject({
      dryRun: false,
      subresource: "",
      namespace: "",
      fieldManager: "",
      user: { name: "", groups: [], extra: [] },
      object: undefined,
    });
  });

  test.each([
    null,
    [],
    "x",
    {},
    { ...raw, uid: 1 },
    { ...raw, operation: "PATCH" },
    { ...raw, kind: "x" },
  ])("%o: none", value => {
    expect(parseRequest(value)).toBeUndefined();
  });
});
