/** Applications as their authors publish them: one version from a real Git server, then the next. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Files } from "../../src/local/git-fast-import";
import { projectRoot } from "../../src/local/paths";
import { eventually } from "../support/cluster";
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
    let before: readonly string[];
    const compare = (folder: string) => {
      const where = namespaced ? {} : { namespace: app.namespace };
      return compareWithText(world.cluster, { ...where, folder });
    };

    it(
      "the first version: every object is in and equal in every declared field",
      { timeout: 4 * minutes },
      async () => {
        const files = filesOf(folders[0] ?? "");
        const namespace = await world.cluster.createNamespace("real");
        const account = { apiVersion: "v1", kind: "ServiceAccount", namespace, name: "default" };
        await eventually(() => world.cluster.admin.find(account), minutes);
        before = await everything();
        app = await world.app({ namespace, files, spec: { timeout: "5m", prune: true } });
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

    it(
      "the GitRepository goes, with deletionPolicy Delete: nothing is left but what was there before",
      { timeout: 5 * minutes },
      async () => {
        const { metadata } = await app.edit({ deletionPolicy: "Delete" });
        await app.until(
          ({ observedGeneration, phase }) =>
            observedGeneration === metadata.generation && phase === "Synced",
          minutes,
        );
        await app.remove();
        await eventually(async () => {
          const now = await everything();
          const left = now.filter(object => !before.includes(object));
          const lost = before.filter(object => isOthers(object, app) && !now.includes(object));
          if (left.length === 0 && lost.length === 0) return true;
          throw new Error(`left: ${left.slice(0, 20).join(", ")}; lost: ${lost.join(", ")}`);
        }, 4 * minutes);
      },
    );
  });
});

/** Of what was there before, what no test that ended a moment ago may take along. */
function isOthers(object: string, { namespace }: App): boolean {
  const [, place = ""] = object.split(" ");
  return ["default", "kube-system", "pepr-system", namespace].includes(place);
}

/** Changes all the time, or follows from what it is about. */
const PASSING = /^(Event|Lease|EndpointSlice|Endpoints|DriftRecord|GitRepository) /;

/** Every object of the cluster: `ConfigMap shop a`. */
async function everything(): Promise<readonly string[]> {
  const kinds = await world.cluster.kubectl(["api-resources", "--verbs=list", "-o", "name"]);
  const names = kinds.stdout.trim().split("\n").join(",");
  const columns = "KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";
  const listed = await world.cluster.kubectl([
    "get",
    names,
    "-A",
    "--no-headers",
    "-o",
    `custom-columns=${columns}`,
  ]);
  // kinds that have just gone may still be named
  if (listed.stdout === "") throw new Error(listed.stderr);
  const lines = listed.stdout.split("\n").map(line => line.trim().replaceAll(/ +/g, " "));
  return lines.filter(line => line !== "" && !PASSING.test(line));
}

function filesOf(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const paths = names.filter(name => statSync(join(folder, name)).isFile());
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(folder, path))]));
}
