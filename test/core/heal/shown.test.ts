/** What may be seen of a change, and what may not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shown, shownPath } from "../../../src/core/heal/shown";
import { formatPath } from "../../../src/model/field-path";
import { toCanonicalJson, type Json } from "../../../src/model/json";
import type { ShowValues } from "../../../src/model/settings";
import { fieldPath } from "../../support/field-paths";

const CONTAINER = "spec.template.spec.containers[name=api]";

function show(path: string, value: Json, kind = "Deployment", mode: ShowValues = "safe") {
  return shown({ path, to: toCanonicalJson(value) }, kind, mode).to;
}

describe("what may be seen", () => {
  test("a change of the contract: readable", () => {
    const change = { path: `${CONTAINER}.image`, from: '"api:1.4"', to: '"hotfix-v1"' };
    expect(shown(change, "Deployment", "safe")).toEqual({
      path: `${CONTAINER}.image`,
      from: "api:1.4",
      to: "hotfix-v1",
    });
  });

  test("what was absent: stays absent", () => {
    expect(shown({ path: "spec.paused", to: "true" }, "Deployment", "safe")).toEqual({
      path: "spec.paused",
      to: "true",
    });
  });

  test.each<[string, Json, string]>([
    ["spec.replicas", 3, "3"],
    ["spec.paused", null, "null"],
    ["spec.big", 12345678901234567890n, "12345678901234567890"],
    ["spec.selector", { app: "api" }, '{"app":"api"}'],
    ["metadata.labels.env", "production", "production"],
    ["spec.template.spec.containers[name=keycloak].image", "keycloak:24", "keycloak:24"],
    ["spec.template.spec.volumes[name=api-token].secret.secretName", "tls", "tls"],
    [`${CONTAINER}.env[name=DB_PASSWORD].valueFrom.secretKeyRef.key`, "db", "db"],
    [`${CONTAINER}.env[name=DB_PASSWORD].valueFrom.secretKeyRef.name`, "db", "db"],
    [`${CONTAINER}.envFrom`, [{ secretRef: { name: "db" } }], '[{"secretRef":{"name":"db"}}]'],
    ["spec.template.spec.imagePullSecrets", [{ name: "hub" }], '[{"name":"hub"}]'],
    ["spec.tls", [{ hosts: ["a.b"], secretName: "t" }], '[{"hosts":["a.b"],"secretName":"t"}]'],
    ["spec.topologySpreadConstraints[topologyKey=zone].topologyKey", "zone", "zone"],
    [`${CONTAINER}.args`, ["--port=80", "http://a.b/c"], '["--port=80","http://a.b/c"]'],
    ["metadata.annotations.note", '{ "a": 1 }', '{ "a": 1 }'],
    ["spec.note", "(changed)", "(changed)"],
  ])("%s %o: seen", (path, value, text) => {
    expect(show(path, value)).toBe(text);
  });
});

describe("what may not be seen", () => {
  test.each<[string, Json, string?]>([
    [`${CONTAINER}.env[name=MODE].value`, "x"],
    [`${CONTAINER}.env[name=API_TOKEN].value`, "x"],
    ["spec.extraEnv[name=MODE].value", "x"],
    ["spec.env.MODE", "x"],
    ["spec.password", "x"],
    ["spec.db.rootPASSWORDs.main", "x"],
    ["spec.apiKey", 7],
    ["spec.tokens", ["x"]],
    ["spec.credentials.user", "x"],
    ["spec.secret", "x"],
    ["spec.secret.key", "x"],
    ["spec.secretRef", "x"],
    ["spec.secretRef.value", "x"],
    ["spec.parameters[name=db-password].value", "x"],
    ["spec.passwd", "x"],
    ['metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]', "{}"],
    [`${CONTAINER}.command`, "psql postgres://larry:x@db/shop"],
    [`${CONTAINER}.command`, "git clone https://x@example.com/a"],
    ["spec.valuesYaml", "db:\n  password: x\n"],
    ["data.MODE", "x", "ConfigMap"],
    ["data", { MODE: "x" }, "ConfigMap"],
    ["binaryData.MODE", "x", "ConfigMap"],
    ["data.MODE", "x", "Secret"],
    ["stringData.MODE", "x", "Secret"],
    ["spec.[", "x"],
  ])("%s %o: (changed)", (path, value, kind) => {
    expect(show(path, value, kind)).toBe("(changed)");
  });

  test.each<[string, Json, Json]>([
    [
      CONTAINER,
      { name: "api", image: "api:1", env: [{ name: "A", value: "x" }], password: "x" },
      {
        name: "api",
        image: "api:1",
        env: [{ name: "A", value: "(changed)" }],
        password: "(changed)",
      },
    ],
    [`${CONTAINER}.env[name=A]`, { name: "A", value: "x" }, { name: "A", value: "(changed)" }],
    [`${CONTAINER}.args`, ["--db-password=x", "--v=2"], ["(changed)", "--v=2"]],
    [
      "spec.parameters",
      [
        { name: "TOKEN", value: "x" },
        { name: "A", value: "y" },
      ],
      [
        { name: "TOKEN", value: "(changed)" },
        { name: "A", value: "y" },
      ],
    ],
    ["spec.document", '{"user":"a", "password":"x"}', { user: "a", password: "(changed)" }],
  ])("%s: only the parts that must not", (path, value, seen) => {
    expect(show(path, value)).toBe(toCanonicalJson(seen));
  });

  test("a whole object: what its kind keeps is hidden", () => {
    const value = { kind: "Secret", data: { a: "x" }, type: "Opaque" };
    const seen = '{"data":"(changed)","kind":"Secret","type":"Opaque"}';
    expect(show("", value, "Secret")).toBe(seen);
    expect(show("", value, "Secret", "all")).toBe(seen);
    expect(show("", value, "ConfigMap")).toBe(seen);
  });

  test.each([
    ['spec.tokens[="x"]', 'spec.tokens[="(changed)"]'],
    ["spec.users[password=x].role", 'spec.users[password="(changed)"].role'],
    ["spec.apiKeys[name=x].role", 'spec.apiKeys[name="(changed)"].role'],
    ['spec.args[="--token=x"]', 'spec.args[="(changed)"]'],
    ['metadata.finalizers[="a.b/c"]', 'metadata.finalizers[="a.b/c"]'],
    ["spec.imagePullSecrets[name=hub]", "spec.imagePullSecrets[name=hub]"],
    ["spec.ports[containerPort=80,protocol=TCP]", "spec.ports[containerPort=80,protocol=TCP]"],
  ])("path %s: seen as %s", (path, seen) => {
    expect(shownPath(path, "Widget", "safe")).toBe(seen);
    expect(shown({ path }, "Widget", "safe")).toEqual({ path: seen });
  });
});

describe("all values", () => {
  test.each<[string, Json, string, string]>([
    [`${CONTAINER}.env[name=API_TOKEN].value`, "x", "Deployment", "x"],
    ["data.MODE", "x", "ConfigMap", "x"],
    ["spec.password", "x", "Widget", "x"],
    ["data.MODE", "x", "Secret", "(changed)"],
    ["data", { MODE: "x" }, "Secret", "(changed)"],
    ["stringData.MODE", "x", "Secret", "(changed)"],
    [
      'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
      '{"data":{"a":"x"}}',
      "Secret",
      "(changed)",
    ],
    ["type", "Opaque", "Secret", "Opaque"],
  ])("%s %o of a %s: %s", (path, value, kind, text) => {
    expect(show(path, value, kind, "all")).toBe(text);
  });
});

describe("length", () => {
  test("1,000 characters: whole; more: cut, and never through a character", () => {
    expect(show("spec.text", "a".repeat(1000))).toBe("a".repeat(1000));
    expect(show("spec.text", "a".repeat(1001))).toBe(`${"a".repeat(999)}…`);
    expect(show("spec.text", `${"a".repeat(998)}😀aa`)).toBe(`${"a".repeat(998)}…`);
  });

  test("a secret beyond the end, or a text made to take long: as ever", { timeout: 5_000 }, () => {
    expect(show("spec.text", `${"a ".repeat(5000)}password=x`)).toBe("(changed)");
    for (const text of ["key", "://a:", "password ", "[", '{"a":'].map(t => t.repeat(100_000))) {
      expect(show("spec.text", text)?.length).toBeLessThanOrEqual(1000);
    }
  });

  test("nested without end: no deeper than a manifest", () => {
    const value = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const change = { path: "spec.list", from: value, to: JSON.stringify(value) };
    expect(shown(change, "Widget", "safe").from).toMatch(/^\[{201}"\(changed\)"/);
    expect(shown(change, "Widget", "safe").to).toMatch(/^\[{200}"\(changed\)"/);
  });
});

const SENTINEL = "hunter2";

/** Every text, number and flag is the secret. */
const poisoned: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(SENTINEL),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "value", "password", "data"), tie("value"), {
      maxKeys: 3,
    }),
  ),
})).value;

const secretName = fc
  .tuple(
    fc.constantFrom("", "my", "Old_", "x-"),
    fc.constantFrom("password", "Token", "SECRET", "apiKey", "credentials"),
    fc.constantFrom("", "s", "Value", "-2"),
  )
  .map(parts => parts.join(""))
  .filter(name => name !== "secret" && name !== "secrets");

const element = fc.constantFrom("spec", "template", "items[0]", "list[name=x]", "map");
const around = fc.array(element, { maxLength: 3 }).map(parts => parts.join("."));

test("law: what is named like a secret is never seen, wherever it is", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(around, secretName, around, poisoned, (before, name, after, value) => {
      const path = [before, `["${name}"]`, after].filter(part => part !== "").join(".");
      const text = path.replaceAll(".[", "[");
      const nested = toCanonicalJson({ list: [{ deep: { [name]: value } }] });
      const asText = toCanonicalJson(nested);
      for (const [at, to] of [
        [text, toCanonicalJson(value)],
        [before === "" ? "spec" : before, nested],
        ["spec.document", asText],
      ] as const) {
        const change = shown({ path: at, from: to, to }, "Widget", "safe");
        expect(JSON.stringify(change)).not.toContain(SENTINEL);
        // shown again, as after a restart
        expect(JSON.stringify(shown(change, "Widget", "safe"))).not.toContain(SENTINEL);
      }
    }),
  );
});

test("law: what a Secret keeps is never seen, whatever the setting", { timeout: 60_000 }, () => {
  const kept = fc.constantFrom("data", "stringData");
  const mode = fc.constantFrom<ShowValues>("safe", "all");
  fc.assert(
    fc.property(kept, fc.string(), poisoned, mode, (field, key, value, setting) => {
      const below = formatPath([field, key].map(name => ({ kind: "field" as const, name })));
      const inside = shown({ path: below, to: toCanonicalJson(value) }, "Secret", setting);
      const whole = toCanonicalJson({ [field]: { [key]: value } });
      const outside = shown({ path: "", to: whole }, "Secret", setting);
      expect(JSON.stringify([inside.to, outside.to])).not.toContain(SENTINEL);
    }),
  );
});

test(
  "any path and any text: never throws, also for what was shown before",
  { timeout: 60_000 },
  () => {
    const path = fc.oneof(fieldPath.map(formatPath), fc.string());
    const text = fc.oneof(fc.json(), fc.string());
    const mode = fc.constantFrom<ShowValues>("safe", "all");
    fc.assert(
      fc.property(
        path,
        text,
        fc.constantFrom("Secret", "ConfigMap", "Widget"),
        mode,
        (at, to, kind, setting) => {
          const once = shown({ path: at, to }, kind, setting);
          expect(once.to?.length).toBeLessThanOrEqual(1000);
          expect(typeof shown(once, kind, setting).to).toBe("string");
        },
      ),
    );
  },
);
