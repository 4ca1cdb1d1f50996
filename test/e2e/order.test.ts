/** Objects that need others of the same commit, in whatever order the files are. */
import { describe, expect, it } from "vitest";
import { uniqueSuffix } from "../support/cluster";
import { configMap, useWorld } from "../support/world";

const world = useWorld();

function definition(group: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
`;
}

const orders = [
  ["content", "namespace", "resource", "definition"],
  ["definition", "resource", "namespace", "content"],
  ["resource", "content", "definition", "namespace"],
];

describe.concurrent("one commit with a namespace, a definition and what needs them", () => {
  it.each(orders)("files in the order %s, %s, %s, %s: in within 15 s", async (...order) => {
    const suffix = uniqueSuffix();
    const [group, namespace] = [`${suffix}.order.example`, `order-${suffix}`];
    const texts: Readonly<Record<string, string>> = {
      definition: definition(group),
      namespace: `{apiVersion: v1, kind: Namespace, metadata: {name: ${namespace}}}`,
      resource: `{apiVersion: ${group}/v1, kind: Thing, metadata: {name: one, namespace: ${namespace}}, spec: {size: 3}}`,
      content: configMap("content", "1", namespace),
    };
    const files = Object.fromEntries(
      order.map((name, index) => [`${index}-${name}.yaml`, texts[name] ?? ""]),
    );
    const app = await world.app({ files });
    const { status } = await app.synced(app.commit, 15_000);
    expect(status?.resources?.total).toBe(4);
    expect(await app.syncs()).toBe(1);
    const { admin } = world.cluster;
    const thing = { apiVersion: `${group}/v1`, kind: "Thing", name: "one", namespace };
    expect(await admin.get(thing)).toMatchObject({ spec: { size: 3 } });
    await app.remove();
    await admin.delete({ apiVersion: "v1", kind: "Namespace", name: namespace });
    const apiVersion = "apiextensions.k8s.io/v1";
    const kind = "CustomResourceDefinition";
    await admin.delete({ apiVersion, kind, name: `things.${group}` });
  });
});
