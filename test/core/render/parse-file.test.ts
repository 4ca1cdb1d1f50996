import { describe, expect, it } from "vitest";
import { parseFile } from "../../../src/core/render/parse-file";
import type { Problem } from "../../../src/model/manifest";

const SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";

describe("a file of manifests", () => {
  it("one object: declared with its file and line", () => {
    const parsed = parse(`# settings\n${SETTINGS}data: {port: "80"}\n`);
    expect(parsed).toEqual({
      declared: [
        {
          manifest: {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "settings" },
            data: { port: "80" },
          },
          source: { file: "deploy/app.yaml", line: 2 },
        },
      ],
      problems: [],
      notices: [],
    });
  });

  it("several documents, empty ones and comments between: each object has its own line", () => {
    const text = `---\n# nothing\n---\n${SETTINGS}---\n\n---\n\n${SETTINGS.replace("settings", "b")}`;
    expect(lines(text)).toEqual([
      ["settings", 4],
      ["b", 12],
    ]);
  });

  it("CRLF and a byte order mark: read as without them", () => {
    const text = `\ufeff${SETTINGS}data:\n  a: |\n    x\n    y\n`;
    const [declared] = parse(text.replaceAll("\n", "\r\n")).declared;
    expect(declared?.manifest.data).toEqual({ a: "x\ny\n" });
  });

  it("a List: its items are declared at their own lines", () => {
    const item = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n";
    const text = `apiVersion: v1\nkind: List\nitems:\n${item}${item.replace("name: a", "name: b")}`;
    expect(lines(text)).toEqual([
      ["a", 4],
      ["b", 7],
    ]);
  });

  it("a typed List whose items name no type: the List's own says it", () => {
    const text =
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n- metadata: {name: a}\n";
    const [declared] = parse(text).declared;
    expect(declared?.manifest).toEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "a" },
    });
  });

  it("a List in a JSON file: items have their lines there too", () => {
    const text =
      '{"kind": "List", "apiVersion": "v1", "items": [\n {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}\n]}';
    expect(lines(text, "a.json")).toEqual([["a", 2]]);
  });

  it("a custom resource whose kind ends in List but has no items: an object like any other", () => {
    expect(lines("apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\n")).toEqual([
      ["a", 1],
    ]);
  });

  it("Lists nested without end: refused", () => {
    const text = `${'{"kind":"List","apiVersion":"v1","items":['.repeat(6)}${"]}".repeat(6)}`;
    expect(messages(text)).toEqual([
      "Lists are nested deeper than 4 levels: write their items in one",
    ]);
  });

  it("an item of a List that is no object: the List's line and the item's number", () => {
    expect(problems("kind: List\napiVersion: v1\nitems: [1]\n")).toEqual([
      {
        file: "deploy/app.yaml",
        line: 1,
        message: "item 1 of the List is not an object: correct or remove it",
      },
    ]);
  });

  it("integers beyond 2^53: exact", () => {
    expect(parse(`${SETTINGS}x: 9007199254740993\n`).declared[0]?.manifest.x).toBe(
      9007199254740993n,
    );
  });
});

describe("what is no object", () => {
  it.each([
    ["a list document", "- a\n- b\n", "the document is a list, not an object"],
    ["a scalar document", "hello\n", "the document is a single value, not an object"],
    [
      "a map that is no object",
      "a: 1\n",
      "this is not a Kubernetes object: add apiVersion and kind",
    ],
  ])("%s: a problem at its line", (_, text, message) => {
    const [problem] = problems(`# c\n${text}`);
    expect(problem).toMatchObject({ line: 2 });
    expect(problem?.message).toContain(message);
  });

  it("a good object beside a bad one: both are told apart", () => {
    const parsed = parse(`${SETTINGS}---\n- a\n`);
    expect([parsed.declared.length, parsed.problems[0]?.line]).toEqual([1, 6]);
  });

  it("more problems than anyone reads: the rest is counted", () => {
    const told = problems("kind: A\n---\n".repeat(30));
    expect(told).toHaveLength(21);
    expect(told.at(-1)?.message).toBe("10 more problems in this file");
  });
});

describe("broken text", () => {
  it("a duplicate key: named, with its own line", () => {
    expect(problems(`${SETTINGS}data:\n  a: x\n  a: y\n`)).toEqual([
      {
        file: "deploy/app.yaml",
        line: 7,
        message: 'the key "a" is in this map twice: remove one of the two',
      },
    ]);
  });

  it("a duplicate key in JSON: named, with its own line", () => {
    const [problem] = problems('{"a": 1,\n "a": 2}', "a.json");
    expect(problem).toMatchObject({ line: 2, message: expect.stringContaining('"a"') as string });
  });

  it("a syntax error in the second document: its line in the file", () => {
    expect(problems(`${SETTINGS}---\na: [1\nb: 2\n`)).toEqual([
      {
        file: "deploy/app.yaml",
        line: 7,
        message: "lines inside [ ] and { } must be indented deeper than their key",
      },
    ]);
  });

  it("bytes that are not UTF-8: the line", () => {
    const content = Uint8Array.from([97, 58, 32, 98, 10, 99, 58, 32, 0xff, 10]);
    const { problems: told } = parseFile({ path: "a.yaml", content });
    expect(told[0]?.line).toBe(2);
    expect(told[0]?.message).toContain("not UTF-8");
  });

  it.each([
    ["U+0007", "\u0007"],
    ["U+007F", "\u007f"],
    ["U+FFFE", "\ufffe"],
  ])("the control character %s: named, with its line", (name, character) => {
    expect(problems(`a: 1\nb: ${character}\n`)[0]).toMatchObject({
      line: 2,
      message: `the file holds the control character ${name}: write it as an escape in double quotes`,
    });
  });

  it.each([
    ["a quote that is not closed", 'password: "hunter2\n'],
    ["an invalid escape", 'password: "\\hunter2"\n'],
    ["a wrong number", "password: !!int hunter2\n"],
    ["a stray word", "password: 'x' hunter2\n"],
    ["a reserved character", "password: @hunter2\n"],
    ["a number where a string belongs", "stringData: {password: 4711, hunter2: x}\n"],
  ])("%s in a Secret: no message holds its value", (_, line) => {
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${line}`;
    const told = problems(secret);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|4711/);
  });
});

function parse(text: string, path = "deploy/app.yaml") {
  return parseFile({ path, content: new TextEncoder().encode(text) });
}

function problems(text: string, path?: string): readonly Problem[] {
  return parse(text, path).problems;
}

function messages(text: string): readonly string[] {
  return problems(text).map(({ message }) => message);
}

function lines(text: string, path?: string): readonly (readonly [string, number])[] {
  const { declared, problems: told } = parse(text, path);
  expect(told).toEqual([]);
  return declared.map(({ manifest, source }) => [manifest.metadata.name, source.line]);
}
