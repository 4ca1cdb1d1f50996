import { describe, expect, it } from "vitest";
import { CommandError } from "../../src/cli/context";
import { isRepository, resolve } from "../../src/cli/resources/resolve";
import { parseNamed } from "../../src/cli/resources/type-name";
import type { Kube } from "../../src/adapters/kube/client";
import type { JsonObject } from "../../src/model/json";

const verbs = ["get", "patch"];
const resource = (name: string, kind: string, shortNames: readonly string[] = []) => ({
  ...{ name, kind, shortNames, verbs },
  singularName: kind.toLowerCase(),
  namespaced: true,
});
const version = (groupVersion: string) => ({ groupVersion });
const documents: Readonly<Record<string, JsonObject>> = {
  "/api/v1": {
    resources: [
      resource("configmaps", "ConfigMap", ["cm"]),
      resource("events", "Event", ["ev"]),
      { ...resource("namespaces", "Namespace", ["ns"]), namespaced: false },
      resource("pods/status", "PodStatus"),
      { ...resource("bindings", "Binding"), verbs: ["create"] },
    ],
  },
  "/apis": {
    groups: [
      {
        name: "apps",
        preferredVersion: version("apps/v1"),
        versions: [version("apps/v1"), version("apps/v1beta1")],
      },
      {
        name: "broken.example",
        preferredVersion: version("broken.example/v1"),
        versions: [version("broken.example/v1")],
      },
      {
        name: "events.k8s.io",
        preferredVersion: version("events.k8s.io/v1"),
        versions: [version("events.k8s.io/v1")],
      },
    ],
  },
  "/apis/apps/v1": { resources: [resource("deployments", "Deployment", ["deploy"])] },
  "/apis/apps/v1beta1": {
    resources: [resource("deployments", "Deployment"), resource("olds", "Old")],
  },
  "/apis/events.k8s.io/v1": { resources: [resource("events", "Event")] },
};

const kube: Kube = ({ path }) => {
  const body = documents[path];
  return Promise.resolve(body === undefined ? { status: 503, body: {} } : { status: 200, body });
};
const context = {
  kube,
  namespace: "shop",
  allNamespaces: false,
  server: "https://cluster",
  signal: new AbortController().signal,
};

async function found(argument: string): Promise<string> {
  const { kind, namespace, name } = await resolve(context, argument);
  return `${kind.apiVersion} ${kind.plural} ${namespace}/${name}`;
}

describe("which object an argument means", () => {
  it.each([
    ["deploy/api", "apps/v1 deployments shop/api"],
    ["deployment/api", "apps/v1 deployments shop/api"],
    ["Deployment/api", "apps/v1 deployments shop/api"],
    ["deployments.apps/api", "apps/v1 deployments shop/api"],
    ["deploy.apps/api", "apps/v1 deployments shop/api"],
    ["deployments.v1beta1.apps/api", "apps/v1beta1 deployments shop/api"],
    ["olds.apps/api", "apps/v1beta1 olds shop/api"],
    ["cm/settings", "v1 configmaps shop/settings"],
    ["configmaps.v1/settings", "v1 configmaps shop/settings"],
    ["events/x", "v1 events shop/x"],
    ["events.events.k8s.io/x", "events.k8s.io/v1 events shop/x"],
    ["ns/shop", "v1 namespaces /shop"],
  ])("%s", async (argument, expected) => {
    expect(await found(argument)).toBe(expected);
  });

  it.each([
    "my-app",
    "gr/my-app",
    "gitrepositories/my-app",
    "gitrepositories.nopea.false.systems/x",
  ])(
    "%s: a GitRepository, found without a request where its group is not named",
    async argument => {
      const target = await resolve(context, argument).catch((error: unknown) => error);
      if (argument.includes(".")) expect(target).toBeInstanceOf(CommandError);
      else expect(isRepository(target as never)).toBe(true);
    },
  );

  it.each(["foo/bar", "deployments.other/api", "pods/x", "binding/x"])(
    "%s: not served, the command line is wrong",
    async argument => {
      await expect(resolve(context, argument)).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it.each(["a/b/c", "/x", "x/", ".apps/x"])("%s: names no object", async argument => {
    expect(parseNamed(argument)).toBeUndefined();
    await expect(resolve(context, argument)).rejects.toThrow("names no object");
  });

  it("who is not let in: the server and the status", async () => {
    const stranger = { ...context, kube: () => Promise.resolve({ status: 401, body: {} }) };
    await expect(resolve(stranger, "deploy/api")).rejects.toThrow(
      "does not accept these credentials",
    );
  });
});
