/** What nopea applies is what kubectl makes of the same text: for kubectl's own reading, the API server and files that are no objects. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/local/paths";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually, uniqueSuffix } from "../support/cluster";
import { configMap, useWorld } from "../support/world";

const world = useWorld();
const group = `parity-${uniqueSuffix()}.example`;
const apiVersion = `${group}/v1`;

interface Case {
  readonly yaml: string;
  readonly kubectl: readonly string[] | null;
}

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `anythings.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind: "Anything", plural: "anythings" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};

/** Every recorded reading of one scalar, as fields of one object; null is no value to an API server. */
function scalars(): string {
  const path = join(projectRoot, "test", "fixtures", "render", "scalars.json");
  const cases = JSON.parse(readFileSync(path, "utf8")) as readonly Case[];
  const lines = cases
    .filter(({ yaml, kubectl }) => kubectl !== null && /^a: [^\n]*\n$/.test(yaml))
    // nopea refuses tags that mean nothing, where kubectl passes over them
    .filter(({ yaml }) => !/!x|!!map/.test(yaml))
    .filter(({ kubectl }) => !(kubectl?.[0] ?? "null").includes(":null"))
    .map(({ yaml }, index) => `  f${index}${yaml.slice(1)}`);
  expect(lines.length).toBeGreaterThan(300);
  const head = `apiVersion: ${apiVersion}\nkind: Anything\nmetadata: {name: scalars}\nspec:\n`;
  return head + lines.join("");
}

const long = "x".repeat(300);
const texts: Readonly<Record<string, string>> = {
  "strings.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: strings, labels: {"on": "yes", version: "1.10"}, annotations: {empty: "", nothing: }}
data:
  folded: >-
    one
    two

    three
  literal: |+
    keeps

  quoted: "tab\\tand \\u00e9\\x41"
  single: 'it''s'
  time: 12:30:45
  date: 2024-01-01
  plain: a b # a comment
  url: http://x#y
  long: ${long}
  decoded: !!binary aGVsbG8=
binaryData: {bytes: AAEC}
`,
  "crlf.yaml": `apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: crlf\r\ndata:\r\n  text: |\r\n    one\r\n    two\r\n`,
  "bom.yaml": `\ufeff${configMap("bom", "1")}`,
  "many.yaml": `---
# nothing
---
${configMap("first", "1")}
---
apiVersion: v1
kind: List
items:
  - ${configMap("in-list", "1")}
---
apiVersion: v1
kind: ConfigMapList
items:
  - ${configMap("in-typed-list", "1")}
...
`,
  "merge.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: merge}
data: &base {a: "1", b: "2"}
---
apiVersion: ${apiVersion}
kind: Anything
metadata: {name: merge}
spec:
  base: &all {a: 1, b: [1, 2]}
  over: {<<: *all, a: 2}
  octal: 0644
  octal2: 0o644
  hex: 0xff
  under: 1_000
  big: 9007199254740993
  float: 1.50
  exp: 1e3
  bools: [yes, no, on, off, y, n, true, ~]
  quoted: {"<<": {a: 1}, "on": 1, "1": 2}
  next: "a\\Nb\\Lc\\_d\\x9f\\x7f\\uFEFF"
  empty: {}
  list: []
`,
  "numbers.json": `{"apiVersion": "${apiVersion}", "kind": "Anything", "metadata": {"name": "json"}, "spec": {"big": 9223372036854775807, "f": 1.0, "e": 1E2, "s": "\\u00fc\\ud83d\\ude00"}}`,
  "secret.yaml": `apiVersion: v1
kind: Secret
metadata: {name: secret}
type: Opaque
data: {a: YQ==, both: b2xk}
stringData: {b: "b", both: new, multi: "x\\ny"}
`,
  "exported.yaml": `apiVersion: v1
kind: Service
metadata:
  name: exported
  uid: 00000000-0000-0000-0000-000000000000
  resourceVersion: "1"
  generation: 7
  creationTimestamp: "2020-01-01T00:00:00Z"
  managedFields: []
spec: {clusterIP: None, ports: [{port: 80, targetPort: web}], selector: {a: b}}
status: {loadBalancer: {}}
`,
  "quantities.yaml": `apiVersion: v1
kind: LimitRange
metadata: {name: quantities}
spec:
  limits:
    - type: Container
      default: {cpu: 0.5, memory: 1024Mi}
      defaultRequest: {cpu: "100m", memory: 1e8}
`,
};

describe("what kubectl makes of a text", () => {
  beforeAll(async () => {
    await world.cluster.admin.create(definition);
    await eventually(() => world.cluster.admin.list(apiVersion, "Anything"), 10_000);
  });
  afterAll(async () => {
    const { kind, metadata } = definition;
    await world.cluster.admin.delete({ apiVersion: definition.apiVersion, kind, ...metadata });
  });

  it("scalars, strings, lists, merges, numbers, stringData, server fields: nopea makes the same live", async () => {
    const files = { ...texts, "scalars.yaml": scalars() };
    const app = await world.app({ files });
    const elsewhere = await world.cluster.createNamespace("parity");
    await app.synced();
    const results = await Promise.all(
      Object.entries(files).map(async ([name, text]) => {
        // kubectl would send the server fields along, and the server would refuse them
        const input =
          name === "exported.yaml" ? text.replace(/^ {2}resourceVersion.*\n/m, "") : text;
        const create = ["create", "--dry-run=server", "-o", "json", "-n", elsewhere, "-f", "-"];
        // kubectl's validation asks an old server in vain; that every field is known shows in app.synced
        const args = [...create, "--validate=false"];
        // kubectl learns of a new group from the aggregator, which is told last
        const stdout = await eventually(async () => {
          const answer = await world.cluster.kubectl(args, { input });
          expect(answer.code, `${name}: ${answer.stderr}`).toBe(0);
          return answer.stdout;
        }, 20_000);
        return objectsOf(stdout);
      }),
    );
    const should = results.flat();
    expect(should).toHaveLength(13);
    const is = await Promise.all(
      should.map(async object => {
        const kind = `${object.kind}.${object.apiVersion.replace(/^.*\//, "")}.`;
        const [of = ""] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [];
        const resource = `${kind}${of}`;
        const name = object.metadata.name;
        const get = ["get", resource, name, "-n", app.namespace, "-o", "json"];
        const { stdout, stderr, code } = await world.cluster.kubectl(get);
        expect(code, stderr).toBe(0);
        return objectsOf(stdout)[0];
      }),
    );
    for (const [index, object] of should.entries()) {
      expect(comparable(is[index] ?? object)).toEqual(comparable(object));
    }
  });
});

/** Integers beyond what a double holds stay apart: as text. */
function objectsOf(stdout: string): KubeObject[] {
  // kubectl prints the objects of several documents one after the other
  const exact = stdout.replace(/: (-?\d{16,}(?:\.\d+)?)(?=[,\n])/g, ': "#$1"');
  const texts = exact.split(/\n(?=\{)/);
  return texts.flatMap(text => {
    const object = JSON.parse(text) as KubeObject & { items?: KubeObject[] };
    return object.kind === "List" ? (object.items ?? []) : [object];
  });
}

function comparable({ metadata, status, ...object }: KubeObject): unknown {
  const drop = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([name]) => !name.startsWith("nopea.io/")));
  const { name } = metadata;
  return {
    ...object,
    metadata: { name, labels: drop(metadata.labels), annotations: drop(metadata.annotations) },
  };
}

const foreign: readonly (readonly [file: string, text: string, says: RegExp])[] = [
  ["app/kustomization.yaml", "resources: [a.yaml]\n", /kustomize build app/],
  [
    "app/kustomization.yml",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    /kustomize build app/,
  ],
  ["chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n", /helm template chart/],
  ["chart/values.yaml", "replicas: 1\n", /helm template chart/],
  [
    "chart/templates/d.yaml",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n",
    /helm template chart/,
  ],
  ["package.json", '{"name": "x"}', /package\.json: .*\.nopeaignore/],
  ["mkdocs.yml", "site_name: x\n", /mkdocs\.yml: .*MkDocs.*\.nopeaignore/],
  ["note.yaml", "just: data\n", /note\.yaml:1: .*not a Kubernetes object/],
  ["nameless.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {}}", /metadata\.name is missing/],
];

describe.concurrent("a file that is no Kubernetes object", () => {
  it.each(foreign)(
    "%s: named with the way out, nothing else of the commit is written",
    async (file, text, says) => {
      const app = await world.app({ files: { "a.yaml": configMap("a", "1"), [file]: text } });
      const message = await app.failed(says);
      expect(message).toContain(file);
      expect(await app.data("a")).toBeUndefined();
    },
  );
});
