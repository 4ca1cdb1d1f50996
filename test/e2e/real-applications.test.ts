/** Applications as their authors publish them: one version from a real Git server, then the next. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Files } from "../../src/local/git-fast-import";
import { projectRoot } from "../../src/local/paths";
import { compareWithText } from "../support/compare";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const minutes = 60_000;
const given = process.env.NOPEA_REAL_APPS;
const root = resolve(projectRoot, given ?? "../shared/manifests");

const applications = [
  { name: "online-boutique", objects: [35, 35], namespaced: false },
  { name: "kube-prometheus", objects: [130, 131], namespaced: true },
] as const;

describe("real applications", () => {
  if (!existsSync(root)) {
    it.skip(`skipped: there is no folder ${given ?? "../shared/manifests"} (name another one in NOPEA_REAL_APPS)`, () =>
      undefined);
    return;
  }
  describe.each(applications)("$name", ({ name, objects, namespaced }) => {
    const folders = ["v1", "v2"].map(version => join(root, name, version));
    let app: App;
    const compare = (folder: string) => {
      const where = namespaced ? {} : { namespace: app.namespace };
      return compareWithText(world.cluster, { ...where, folder });
    };

    afterAll(async () => {
      await app.remove();
      const remove = ["delete", "--wait=false", "--ignore-not-found", "-R", "-f"];
      if (namespaced) await world.cluster.kubectl([...remove, folders[1] ?? ""]);
    }, 3 * minutes);

    it(
      "the first version: every object is in and equal in every declared field",
      { timeout: 4 * minutes },
      async () => {
        const files = filesOf(folders[0] ?? "");
        app = await world.app({ files, spec: { timeout: "5m" } });
        const { status } = await app.synced(app.commit, 3 * minutes);
        expect(status?.resources).toMatchObject({ total: objects[0], orphanCount: 0 });
        expect(await compare(folders[0] ?? "")).toEqual([]);
      },
    );

    it(
      "the next version: every object is in and equal, and only what changed was written",
      { timeout: 4 * minutes },
      async () => {
        const mark = await world.mark();
        const folder = folders[1] ?? "";
        const commit = await app.push(filesOf(folder), { replace: true });
        const { status } = await app.synced(commit, 3 * minutes);
        expect(status?.resources?.total).toBe(objects[1]);
        expect(await compare(folder)).toEqual([]);
        const manager = encodeURIComponent(`nopea:${app.namespace}/`);
        const writes = (await world.writes(mark)).filter(({ uri }) => uri.includes(manager));
        const written = writes.map(({ uri }) => uri.slice(0, uri.indexOf("?")));
        expect(new Set(written).size).toBe(written.length);
        expect(written.length).toBeLessThanOrEqual(objects[1]);
      },
    );
  });
});

function filesOf(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const paths = names.filter(name => statSync(join(folder, name)).isFile());
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(folder, path))]));
}
