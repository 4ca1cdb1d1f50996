/** The GitRepositories of README.md, whole or in part, have only fields that the definition knows. */
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { gitRepositoryDefinition } from "../../src/adapters/kube/crds/git-repository";
import type { JsonObject } from "../../src/model/json";
import { blocks } from "./readme";

/** Nothing but what is described: the API server drops such fields, or refuses them with --validate=strict. */
function closed(schema: JsonObject): JsonObject {
  const { properties, items } = schema as { properties?: JsonObject; items?: JsonObject };
  if (items !== undefined) return { ...schema, items: closed(items) };
  if (properties === undefined) return schema;
  const inner = Object.entries(properties).map(([name, of]) => [name, closed(of as JsonObject)]);
  return {
    ...schema,
    properties: Object.fromEntries(inner) as JsonObject,
    additionalProperties: false,
  };
}

interface Versions {
  readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: JsonObject } }[];
}

const { versions } = gitRepositoryDefinition.spec as unknown as Versions;
const schema = versions[0]?.schema.openAPIV3Schema;
if (schema === undefined) throw new Error("the definition has no version");
const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
const validate = ajv.compile(closed(schema));

/** What is wrong with it. */
function faults(repository: unknown): readonly string[] {
  validate(repository);
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(" "),
  );
}

type Document = Readonly<Record<string, unknown>>;

const documents = blocks
  .filter(({ language }) => language === "yaml")
  .flatMap(({ text }) => parseAllDocuments(text).map(each => each.toJS() as Document));

describe("GitRepositories in README.md", () => {
  const whole = documents.filter(({ kind }) => kind === "GitRepository");
  // what is shown of one without its head
  const parts = documents.filter(each => !("kind" in each) && "spec" in each);

  it("there are some", () => {
    expect(whole).not.toEqual([]);
  });

  it.each([...whole, ...parts])("%j: every field is known, every value allowed", repository => {
    expect(faults(repository)).toEqual([]);
  });

  it("a field that is unknown, and a value that is not allowed: are found", () => {
    const wrong = { spec: { healPolicy: "later", notify: { adress: "x" } } };
    const found = faults(wrong).join("\n");
    expect(found).toContain("adress");
    expect(found).toContain("/spec/healPolicy");
  });
});
