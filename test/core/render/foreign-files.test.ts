import { describe, expect, it } from "vitest";
import { parseFile } from "../../../src/core/render/parse-file";

const KUSTOMIZATION = "resources: [a.yaml]\n";

describe("files that lie beside manifests", () => {
  it("kustomization.yaml: the command, the path and the ignore line", () => {
    expect(problem("deploy/base/kustomization.yaml", KUSTOMIZATION)).toBe(
      "this is the input of kustomize: render it in CI (`kustomize build deploy/base > rendered/all.yaml`), " +
        "commit the result and set spec.path to its folder, " +
        "or leave it out with the line `/deploy/base/` in .nopeaignore",
    );
  });

  it("a kustomization at the root: no ignore line, since it would leave out everything", () => {
    expect(problem("kustomization.yml", KUSTOMIZATION)).not.toContain(".nopeaignore");
  });

  it("a kustomization under another name: known by its apiVersion", () => {
    const text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
    expect(problem("deploy/all.yaml", text)).toContain("kustomize build deploy");
  });

  it.each([
    ["chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n"],
    ["chart/values.yaml", "replicas: 1\n"],
    ["chart/values-prod.yaml", "replicas: 1\n"],
    ["chart/values.yaml", "- a\n"],
    ["chart/templates/a.yaml", "apiVersion: v1\nkind: A\nmetadata:\n  name: {{ .Release.Name }}\n"],
    [
      "chart/templates/a.yaml",
      "apiVersion: v1\nkind: A\nmetadata:\n  name: '{{ .Release.Name }}'\n",
    ],
    ["chart/templates/a.yaml", "{{- if .Values.x }}\na: 1\n{{- end }}\n"],
  ])("%s: part of a chart, to be rendered with helm", (path, text) => {
    const message = problem(path, text);
    expect(message).toContain("`helm template chart > rendered/all.yaml`");
    expect(message).toContain("`/chart/`");
  });

  it.each([
    ["package.json", '{"name": "x"}'],
    ["docs/mkdocs.yml", "site_name: x\nx: !!python/name:a.b.c\n"],
    ["tsconfig.json", "{\n  // a comment\n  a: {\n}"],
    ["docker-compose.yml", "services: {}\n"],
    ["notes.yaml", "a: 1\n"],
  ])("%s: a better path and the ignore line", (path, text) => {
    const message = problem(path, text);
    expect(message).toContain("set spec.path to");
    expect(message).toContain(`\`/${path}\` in .nopeaignore`);
  });

  it("an object in a file with such a name: declared", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    expect(parse("values.yaml", text).declared).toHaveLength(1);
  });

  it("braces that are meant, outside a chart: stay", () => {
    const text =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '{{ $labels.x }}'}\n";
    expect(parse("alerts.yaml", text).problems).toEqual([]);
  });
});

function parse(path: string, text: string) {
  return parseFile({ path, content: new TextEncoder().encode(text) });
}

function problem(path: string, text: string): string {
  const { declared, problems } = parse(path, text);
  expect([declared.length, problems.length]).toEqual([0, 1]);
  return problems[0]?.message ?? "";
}
