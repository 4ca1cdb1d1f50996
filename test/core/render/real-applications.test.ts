/** Real applications as their authors publish them: every file is read, and every object is found. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFile } from "../../../src/core/render/parse-file";

const ROOT = resolve(process.env.NOPEA_REAL_APPS ?? "../shared/manifests");

const APPLICATIONS = [
  { folder: "online-boutique/v1", objects: 35 },
  { folder: "online-boutique/v2", objects: 35 },
  { folder: "kube-prometheus/v1", objects: 130 },
  { folder: "kube-prometheus/v2", objects: 131 },
];

describe("real applications", { timeout: 60_000 }, () => {
  if (!existsSync(ROOT)) {
    it.skip("skipped: NOPEA_REAL_APPS (default ../shared/manifests) names no folder", () =>
      undefined);
    return;
  }
  it.each(APPLICATIONS)("$folder: $objects objects, no problem", ({ folder, objects }) => {
    const parsed = filesBelow(join(ROOT, folder)).map(path =>
      parseFile({ path, content: readFileSync(path) }),
    );
    expect(parsed.flatMap(({ problems }) => problems)).toEqual([]);
    expect(parsed.flatMap(({ declared }) => declared)).toHaveLength(objects);
  });
});

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(name => /\.(?:yaml|yml|json)$/.test(name))
    .map(name => join(folder, name));
}
