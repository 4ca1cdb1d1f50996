/** What README.md names is there, and what is there is named in it. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import packageJson from "../../package.json";
import { createMetrics } from "../../src/adapters/metrics/metrics";
import { projectRoot } from "../../src/local/paths";
import { blocks, codesIn, prose, readme, spans, table } from "./readme";

const unique = (names: Iterable<string>) => [...new Set(names)].sort();

/** The text of all files of the project's own folders. */
function sources(...folders: readonly string[]): string {
  const files = folders.flatMap(folder =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
      .map(entry => join(entry.parentPath, entry.name)),
  );
  return files.map(file => readFileSync(file, "utf8")).join("\n");
}

describe("files and links", () => {
  it("every link within README.md leads to a heading, every relative one to a file", () => {
    const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    const targets = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
    const broken = targets.filter(target => {
      if (/^https?:/.test(target)) return false;
      if (target.startsWith("#")) return !headings.includes(target.slice(1));
      return !existsSync(join(projectRoot, target));
    });
    expect(targets).not.toEqual([]);
    expect(broken).toEqual([]);
  });

  it("every file of src, test or capabilities that it names: is there", () => {
    const named = spans.filter(code => /^(src|test|capabilities|\.ci)\//.test(code));
    expect(named).not.toEqual([]);
    expect(named.filter(path => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  it("every design decision: a test that holds it", () => {
    const after = prose.split("Decisions, each with")[1]?.split("\n- ").slice(1) ?? [];
    const decisions = after.map(item => item.split("\n")[0] ?? "");
    expect(decisions.length).toBeGreaterThanOrEqual(7);
    for (const decision of decisions) {
      expect(codesIn(decision)).toContainEqual(expect.stringMatching(/^test\/.*\.test\.ts$/));
    }
  });

  it("the tree: what git ls-files has at the top, and dist", () => {
    const tree = blocks.find(({ text }) => text.startsWith("nopea/\n"))?.text ?? "";
    const named = [...tree.matchAll(/^[├└]── ([^\s/]+)/gm)].map(([, name = ""]) => name);
    const listed = execFileSync("git", ["ls-files"], { cwd: projectRoot, encoding: "utf8" });
    const top = listed
      .trim()
      .split("\n")
      .map(path => path.split("/")[0] ?? "");
    expect(unique(named)).toEqual(unique([...top, "dist"]));
  });
});

describe("package.json", () => {
  it("the table of packages: exactly its dependencies, with their versions", () => {
    const rows = table("Package").map(([name = "", version]) => [
      name.replace(/^\[(.*)\]\(.*\)$/, "$1"),
      version,
    ]);
    expect(Object.fromEntries(rows)).toEqual(packageJson.dependencies);
  });

  it("the table of scripts: exactly its scripts; no other is named elsewhere", () => {
    const scripts = unique(Object.keys(packageJson.scripts));
    expect(unique(table("`npm run …`").flatMap(([names]) => codesIn(names)))).toEqual(scripts);
    const run = [...readme.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
    const npmsOwn = ["ci", "run"];
    expect(unique(run).filter(name => ![...scripts, ...npmsOwn].includes(name))).toEqual([]);
  });
});

describe("settings and metrics", () => {
  const variables = (text: string) => unique(text.match(/\bNOPEA_[A-Z_]*[A-Z]\b/g) ?? []);

  it("every variable of the source is named, and every one that is named exists", () => {
    const named = variables(readme);
    expect(variables(sources("src", "capabilities")).filter(name => !named.includes(name))).toEqual(
      [],
    );
    const existing = variables(
      sources("src", "capabilities", "test/cluster", "test/chaos", "test/bench"),
    );
    expect(named.filter(name => !existing.includes(name))).toEqual([]);
  });

  it("every metric is named, and every one that is named exists", async () => {
    const text = await createMetrics({ certificate: "/none", ofProcess: true }).text();
    const measured = [...text.matchAll(/^# TYPE nopea_(\S+)/gm)].map(([, name = ""]) => name);
    const named = table("name (`nopea_…`)").flatMap(([names]) => codesIn(names));
    const ofProcess = /^(process|nodejs)_/;
    expect(named.filter(name => !measured.includes(name))).toEqual([]);
    expect(measured.filter(name => !ofProcess.test(name) && !named.includes(name))).toEqual([]);
    const elsewhere = spans.filter(code => /^nopea_[a-z_]+$/.test(code));
    expect(elsewhere.filter(name => !measured.includes(name.slice("nopea_".length)))).toEqual([]);
  });
});

describe("blocks", () => {
  it("every script says where it is run", () => {
    const scripts = blocks.filter(({ language }) => language === "sh");
    expect(scripts).not.toEqual([]);
    for (const { marker, text } of scripts) {
      expect({ marker, text }).toMatchObject({
        marker: expect.stringMatching(/^run( on a cluster)?: [\w-]+$/) as unknown,
      });
    }
  });

  it("every block of YAML and JSON can be read", () => {
    for (const { language, text } of blocks) {
      if (language === "json") JSON.parse(text);
      if (language !== "yaml") continue;
      expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
    }
  });
});
