/** What kubectl prints to whoever edits what Git declares, and that what it tells to type works as it stands. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/cluster";
import { usePeople, type Answer } from "../support/people";
import { recordsAbout } from "../support/traces";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);
const { larry } = people;
const hotfix = ["patch", "configmap", "a", "--type=merge", "-p", '{"data":{"value":"hotfix"}}'];
const annotate = (...annotations: readonly string[]) => [
  "annotate",
  "configmap",
  "a",
  ...annotations,
];

const start = (spec: Readonly<Record<string, unknown>> = {}) =>
  people.app({ files: { "a.yaml": configMap("a", "1") }, spec, watches: { configmaps: "a" } });

/** The one command that an answer tells to type, from `kubectl` to the end of the annotation. */
function commandIn({ warnings }: Answer): readonly string[] {
  const found = /kubectl (annotate .* nopea\.io\/suspend-heal(?:=4h|-)(?: --overwrite)?)/.exec(
    warnings.join("\n"),
  );
  return found?.[1]?.split(" ") ?? [];
}

/** As typed in a shell, without any namespace but the one that it names. */
async function copied(args: readonly string[]): Promise<void> {
  const result = await world.cluster.kubectl(args, { access: larry.access });
  expect(result, args.join(" ")).toMatchObject({ code: 0 });
}

const declared = ({ namespace }: App) => `data.value is declared by GitRepository ${namespace}/app`;
const keep = "To keep it, commit it to Git; to hold nopea off meanwhile: ";
const command = ({ namespace }: App) =>
  `kubectl annotate configmaps a -n ${namespace} nopea.io/suspend-heal=4h`;

describe.concurrent("an edit by larry is answered with what becomes of it", () => {
  it("healPolicy auto: undone at once", async () => {
    const app = await start();
    const { warnings } = await larry.types(app, hotfix);
    expect(warnings).toEqual([
      `${declared(app)}: your edit will be undone at once.`,
      `${keep}${command(app)}`,
    ]);
  });

  it("a grace period: when; and the command, as it was printed, holds nopea off", async () => {
    const app = await start({ healGracePeriod: "10m" });
    const began = Date.now();
    const answer = await larry.types(app, hotfix);
    const [fate = "", how] = answer.warnings;
    expect(answer.warnings).toHaveLength(2);
    expect(fate).toMatch(/: your edit will be undone in 10m(0s)?, at [-0-9T:]{19}Z\.$/);
    expect(fate.startsWith(declared(app))).toBe(true);
    const at = Date.parse(/at (\S+)\.$/.exec(fate)?.[1] ?? "");
    expect(at - began).toBeGreaterThanOrEqual(600_000);
    expect(at - began).toBeLessThan(610_000);
    expect(how).toBe(`${keep}${command(app)}`);
    await copied(commandIn(answer));
    const { status } = await app.until(({ suspended = [] }) => suspended.length === 1, 10_000);
    expect(status?.suspended).toMatchObject([{ object: `ConfigMap/${app.namespace}/a` }]);
  });

  it("a second edit within the grace period: undone when the first one is", async () => {
    const app = await start({ healGracePeriod: "10m" });
    const timeIn = ({ warnings: [fate = ""] }: Answer) => /at (\S+)\.$/.exec(fate)?.[1];
    const first = await larry.types(app, hotfix);
    await new Promise(resolve => setTimeout(resolve, 2_500));
    const body = '{"data":{"value":"another"}}';
    const second = await people.ann.types(app, hotfix.with(-1, body));
    expect(timeIn(first)).toMatch(/Z$/);
    // an edit's time is kept to the second
    const later = Date.parse(timeIn(second) ?? "") - Date.parse(timeIn(first) ?? "");
    expect(Math.abs(later)).toBeLessThanOrEqual(1_000);
  });

  it.each(["manual", "notify"])("healPolicy %s: it stays, and is reported", async healPolicy => {
    const notify = { url: "http://127.0.0.1:1/" };
    const app = await start(healPolicy === "notify" ? { healPolicy, notify } : { healPolicy });
    const { warnings } = await larry.types(app, hotfix);
    const fate = `your edit stays and is reported (healPolicy ${healPolicy})`;
    expect(warnings).toEqual([`${declared(app)}: ${fate}.`]);
  });

  it("a suspended object: until it is resumed; what sets and what ends it is told as it is to be typed", async () => {
    const app = await start();
    const set = await larry.types(app, annotate("nopea.io/suspend-heal=true"));
    const end = `kubectl annotate configmaps a -n ${app.namespace} nopea.io/suspend-heal-`;
    expect(set.warnings).toEqual([
      `nopea leaves ConfigMap a alone until somebody ends it. To end it: ${end}`,
    ]);
    const edited = await larry.types(app, hotfix);
    expect(edited.warnings).toEqual([
      `${declared(app)}: nopea.io/suspend-heal is set, your edit stays until it is removed.`,
    ]);
    await copied(commandIn(set));
    await app.holds("a", "1");
  });

  it("until a time: that time", async () => {
    const app = await start();
    const until = "2099-01-02T03:04:05Z";
    const set = await larry.types(app, annotate(`nopea.io/suspend-heal=${until}`));
    expect(set.warnings[0]).toContain(`alone until ${until}. To end it: `);
    const { warnings } = await larry.types(app, hotfix);
    expect(warnings).toEqual([
      `${declared(app)}: nopea.io/suspend-heal is set, your edit stays until ${until}.`,
    ]);
  });

  it("a suspended GitRepository: until it is resumed", async () => {
    const app = await start();
    await app.edit({ suspend: true });
    await app.until(({ phase }) => phase === "Suspended");
    // the admission process hears of it by itself
    await eventually(async () => {
      const { warnings } = await larry.types(app, [...hotfix, "--dry-run=server"]);
      return warnings.some(line => line.includes("it is suspended"));
    }, 10_000);
    const { warnings } = await larry.types(app, hotfix);
    expect(warnings).toEqual([
      `${declared(app)}: it is suspended, your edit stays until it is resumed.`,
    ]);
  });

  it("a dry run is told the same, and nothing comes of it", async () => {
    const app = await start();
    const { warnings } = await larry.types(app, [...hotfix, "--dry-run=server"]);
    expect(warnings[0]).toBe(`${declared(app)}: your edit will be undone at once.`);
    expect(await recordsAbout(world, app, "a")).toEqual([]);
  });
});

describe.concurrent("a write that means something else than it says", () => {
  it.each(["4 hours", "false", "", "on", "-4h"])(
    "nopea.io/suspend-heal=%j: told that it suspends nothing, and what would",
    async value => {
      const app = await start();
      const { warnings } = await larry.types(app, annotate(`nopea.io/suspend-heal=${value}`));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /^nopea\.io\/suspend-heal: ".*" suspends nothing\. What does: true \(until removed\), a duration as 4h or 30m, a time as \S+Z\.$/,
      );
      const { metadata } = await app.object("v1", "ConfigMap", "a");
      const names = Object.keys(metadata.annotations ?? {}).filter(name => name.includes("heal-"));
      expect(names).toEqual([]);
      await larry.types(app, hotfix);
      await app.holds("a", "1");
    },
  );

  it("a time that is over: told so", async () => {
    const app = await start();
    const { warnings } = await larry.types(
      app,
      annotate("nopea.io/suspend-heal=2020-01-01T00:00:00Z"),
    );
    expect(warnings[0]).toContain("is in the past and suspends nothing");
  });

  it("what Git does not declare: no word", async () => {
    const app = await start();
    const { warnings } = await larry.types(app, ["label", "configmap", "a", "mine=1"]);
    expect(warnings).toEqual([]);
  });
});
