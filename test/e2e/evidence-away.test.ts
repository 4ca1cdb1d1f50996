/** The admission process is away: nobody waits, nothing is lost but the name; and whoever forges meanwhile gains nothing. */
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { usePeople } from "../support/people";
import { isClosed, marksOf, recordAbout, stampOf, untilUnmarked } from "../support/traces";
import { configMap, readyMessage, useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);
const { larry, ann } = people;
const { admission } = world.nopea;
const SUSPEND = "nopea.io/suspend-heal";

const live = (app: App, name = "a") => app.object("v1", "ConfigMap", name);
const patch = (body: object, name = "a") => [
  "patch",
  "configmap",
  name,
  "--type=merge",
  "-p",
  JSON.stringify(body),
];
const start = (spec: Readonly<Record<string, unknown>>) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });

/** Until somebody's edit is stamped again. */
async function untilBack(app: App): Promise<void> {
  const attempt = ["label", "configmap", "a", "nopea.io/repository=x", "--overwrite"];
  await eventually(async () => {
    const { warnings } = await larry.tries(app, [...attempt, "--dry-run=server"]);
    return warnings.length > 0;
  }, 20_000);
}

/** The end of the only suspension, that nobody is known to have set. */
async function suspendedUntil(app: App): Promise<number> {
  const { status } = await app.until(({ suspended = [] }) => suspended.length === 1);
  const [suspended] = status?.suspended ?? [];
  expect(suspended?.by).toBe("unknown");
  return Date.parse(suspended?.until ?? "");
}

const median = (of: readonly number[]) => of.toSorted((a, b) => a - b)[of.length >> 1] ?? 0;

describe("the admission process", () => {
  afterEach(async () => {
    await admission.start();
  });

  it("is killed: edits take no second more, are found and healed; back again, names are back too", async () => {
    const app = await start({});
    const label = ["label", "configmap", "a", "--overwrite"];
    const times: Record<"with" | "without", number[]> = { with: [], without: [] };
    for (const n of [1, 2, 3, 4, 5])
      times.with.push((await larry.types(app, [...label, `n=${n}`])).ms);
    await admission.stop("SIGKILL");
    for (const n of [6, 7, 8, 9, 10])
      times.without.push((await larry.types(app, [...label, `n=${n}`])).ms);
    expect(median(times.without) - median(times.with)).toBeLessThan(1_000);
    const { warnings } = await larry.types(app, patch({ data: { value: "2" } }));
    expect(warnings).toEqual([]);
    const inferred = await recordAbout(world, app, "a", { fits: isClosed });
    expect(inferred.status.edits).toMatchObject([
      { by: "unknown", source: "inferred", manager: "kubectl-patch", verb: "UPDATE" },
    ]);
    await app.holds("a", "1");
    await larry.types(app, ["delete", "configmap", "a"]);
    const gone = await recordAbout(world, app, "a", {
      fits: record => isClosed(record) && record.status.edits.at(-1)?.verb === "DELETE",
    });
    expect(gone.status.edits.at(-1)).toMatchObject({ by: "unknown", source: "inferred" });
    await admission.start();
    await untilBack(app);
    await larry.types(app, patch({ data: { value: "3" } }));
    const named = await recordAbout(world, app, "a", {
      fits: record => isClosed(record) && record.status.edits.at(-1)?.by === "larry",
    });
    expect(named.status.edits.at(-1)).toMatchObject({ source: "admission", groups: ["sre"] });
  });

  it("is away while larry edits, and back when ann does: she is named, and he is not taken for her", async () => {
    const app = await start({ healPolicy: "manual" });
    await admission.stop("SIGKILL");
    await larry.types(app, patch({ data: { value: "2" } }));
    await recordAbout(world, app, "a");
    await admission.start();
    await untilBack(app);
    await ann.types(app, patch({ data: { value: "3" } }));
    const { status } = await recordAbout(world, app, "a", {
      fits: record => record.status.edits.length === 2,
    });
    expect(status.edits).toMatchObject([{ by: "unknown", source: "inferred" }, { by: "ann" }]);
    await app.edit({ healPolicy: "auto" });
    await app.holds("a", "1");
    await untilUnmarked(() => live(app));
  });

  it("is away while larry forges evidence: ignored, reported, and worthless when it is back", async () => {
    const app = await start({ healPolicy: "manual" });
    await admission.stop("SIGKILL");
    const lie = [{ id: "01kf4x", by: "ann", at: "2020-01-01T00:00:00Z", verb: "UPDATE" }];
    const edits = lie.map(edit => ({
      ...edit,
      source: "admission",
      changes: [{ path: "data.value" }],
    }));
    const annotations = {
      "nopea.io/manual-edit": JSON.stringify(edits),
      "nopea.io/seal": "0".repeat(64),
      [SUSPEND]: "4h",
      [`${SUSPEND}-by`]: "ann",
      [`${SUSPEND}-at`]: "2020-01-01T00:00:00Z",
      [`${SUSPEND}-until`]: "2099-01-01T00:00:00Z",
    };
    const began = Date.now();
    await larry.types(app, patch({ metadata: { annotations }, data: { value: "2" } }));
    const until = await suspendedUntil(app);
    expect(until - began).toBeGreaterThan(4 * 3_600_000 - 2_000);
    expect(until - began).toBeLessThan(4 * 3_600_000 + 10_000);
    const told = await recordAbout(world, app, "a");
    expect(told.status.edits).toMatchObject([{ by: "unknown", source: "inferred" }]);
    await app.until(found =>
      /without a valid seal is ignored: .*ConfigMap/.test(readyMessage(found)),
    );
    await admission.start();
    await untilBack(app);
    await ann.types(app, patch({ data: { value: "3" } }));
    expect(stampOf(await live(app)).map(({ by }) => by)).toEqual(["ann"]);
    await app.until(found => !readyMessage(found).includes("seal"));
    const { status: after } = await app.resource();
    expect(after?.suspended).toMatchObject([{ by: "unknown" }]);
  });
});

describe("an object of a megabyte, too large for the hook with both versions", () => {
  // newlines count twice in JSON
  const filler = (letter: string) => `${letter.repeat(9)}\n`.repeat(100_000);
  const textWith = (letter: string) => {
    const object = JSON.parse(configMap("big", "1")) as object;
    return JSON.stringify({ ...object, data: { value: "1", filler: filler(letter) } });
  };

  it("the edit passes, without a stamp, and is found", async () => {
    const app = await people.app({
      files: { "a.yaml": configMap("a", "1"), "big.yaml": textWith("x") },
      spec: { healPolicy: "manual" },
      watches: { configmaps: "a" },
    });
    const { code } = await larry.tries(app, ["replace", "-f", "-"], { input: textWith("y") });
    expect(code).toBe(0);
    const { status } = await recordAbout(world, app, "big");
    expect(status.edits).toMatchObject([{ by: "unknown", source: "inferred" }]);
    expect(marksOf(await live(app, "big"))).toEqual([]);
    // half of it passes the limit again
    const smaller = { data: { filler: "z" } };
    await ann.types(app, patch(smaller, "big"));
    await eventually(async () => {
      const found = await recordAbout(world, app, "big");
      return found.status.edits.some(({ by }) => by === "ann");
    }, 20_000);
  });
});
