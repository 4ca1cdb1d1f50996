import { describe, expect, it } from "vitest";
import { GIT_LIMITS } from "../../../src/adapters/git/limits";
import { selectFiles } from "../../../src/adapters/git/select-files";
import { walkFolder } from "../../../src/adapters/git/walk-folder";
import { readerOf, type Folders } from "./trees";

function select(folders: Folders, ...names: string[]): string[] {
  const steps = names.map(name => ({ name, oid: name }));
  const reader = readerOf(folders);
  const folder = { root: "root", steps };
  const { found } = walkFolder(reader, folder, GIT_LIMITS);
  const selected = selectFiles(reader, folder, found);
  return selected.map(({ path, oid }) => `${path}=${oid}`);
}

describe("selectFiles", () => {
  it("manifests, hidden ones, others, a submodule: the manifests", () => {
    const root = { "a.yaml": "1", ".b.yaml": "2", "c.txt": "3", vendor: "submodule", "d.yml": "4" };
    expect(select({ root })).toEqual(["a.yaml=1", "d.yml=4"]);
  });

  it("a folder named as a manifest: is a folder", () => {
    expect(select({ root: { "x.yaml": "folder:x" }, x: { "a.json": "1" } })).toEqual([
      "x.yaml/a.json=1",
    ]);
  });

  it("capital letters and more than ASCII: sorted by their code, the same everywhere", () => {
    const root = { "b.yaml": "1", "B.yaml": "2", "ä.yaml": "3", "a-.yaml": "4", "a.yaml": "5" };
    expect(select({ root }).map(line => line.split("=")[0])).toEqual([
      "B.yaml",
      "a-.yaml",
      "a.yaml",
      "b.yaml",
      "ä.yaml",
    ]);
  });

  it("a link through a link to a folder: its file", () => {
    const root = { deploy: "folder:deploy", current: "link:base", base: "folder:base" };
    const deploy = { "a.yaml": "link:../current/a.yaml" };
    expect(select({ root, deploy, base: { "a.yaml": "1" } }, "deploy")).toEqual([
      "deploy/a.yaml=1",
    ]);
  });

  it.each([
    ["../../x.yaml", "leads out of the repository"],
    ["/x.yaml", "leads out of the repository"],
    ["../deploy", "leads to a directory"],
    [".", "leads to a directory"],
    ["", "leads to a directory"],
    ["b.yaml/c.yaml", "leads through a file"],
    ["../vendor/x.yaml", "leads into a submodule"],
    ["none.yaml", "leads to nothing"],
    ["a.yaml", "round in circles"],
  ])("a link to '%s': an error that says it %s", (target, why) => {
    const root = { deploy: "folder:deploy", vendor: "submodule" };
    const deploy = { "a.yaml": `link:${target}`, "b.yaml": "1" };
    expect(() => select({ root, deploy }, "deploy")).toThrow(why);
    expect(() => select({ root, deploy }, "deploy")).toThrow("deploy/a.yaml");
  });

  it("a link to a hidden file of the repository: its content", () => {
    expect(select({ root: { "a.yaml": "link:.b.txt", ".b.txt": "1" } })).toEqual(["a.yaml=1"]);
  });

  it("a link without a manifest's name to a file: not there; to a directory: an error", () => {
    expect(select({ root: { notes: "link:a.txt", "a.txt": "1" } })).toEqual([]);
    expect(() => select({ root: { notes: "link:d", d: "folder:d" }, d: {} })).toThrow("notes");
  });

  it("folders that hold themselves: git-too-large, not for ever", () => {
    const names = Array.from({ length: 10 }, (_, index) => `d${index}`);
    const folders = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 11 ? "leaf" : `level${level + 1}`;
      return [`level${level}`, Object.fromEntries(names.map(name => [name, `folder:${inner}`]))];
    });
    const all = Object.fromEntries(folders) as Folders;
    expect(() => select({ ...all, root: { d: "folder:level0" } })).toThrow("more than 200000");
  });

  it("folders a thousand deep: git-too-large", () => {
    expect(() => select({ root: { d: "folder:root" } })).toThrow("64 deep");
  });
});
