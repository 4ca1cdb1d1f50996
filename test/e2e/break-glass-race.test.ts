/** Annotating, editing and healing at once: what a person holds under the annotation is never overwritten. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { AuditedRequest } from "../support/audit";
import { handsOn, SUSPEND, type ConfigMapObject, type Hands } from "../support/drift";
import { configMap, useWorld } from "../support/world";

const world = useWorld();

/** NOPEA_RACE_ROUNDS=1000: as many as the specification asks for. */
const rounds = Number(process.env.NOPEA_RACE_ROUNDS ?? "100");
/** An object that is healed more often than five times in ten minutes is healed more rarely. */
const roundsOfAnObject = 3;
const sideBySide = 8;
const objects = Math.ceil(rounds / roundsOfAnObject);

const on = { [SUSPEND]: "true" };
const some = (most: number) => sleep(Math.random() * most);

interface Race {
  readonly what: string;
  /** The object as the last request, which leaves the annotation there, was answered with. */
  run(hands: Hands, name: string, value: string): Promise<ConfigMapObject>;
}

const races: readonly Race[] = [
  {
    what: "annotation and edit in one request",
    run: (hands, name, value) => hands.set(name, value, on),
  },
  {
    what: "the annotation, and at once the edit",
    run: async (hands, name, value) => {
      await hands.annotate(name, on);
      return hands.set(name, value);
    },
  },
  {
    what: "the edit, and the annotation while it is being healed",
    run: async (hands, name, value) => {
      await hands.set(name, value);
      await some(12);
      return hands.annotate(name, on);
    },
  },
  {
    what: "an edit, and both while that is being healed",
    run: async (hands, name, value) => {
      await hands.set(name, `${value}, first`);
      await some(12);
      return hands.set(name, value, on);
    },
  },
  {
    what: "edit and annotation sent side by side",
    run: async (hands, name, value) => {
      const [, annotated] = await Promise.all([hands.set(name, value), hands.annotate(name, on)]);
      return annotated;
    },
  },
];

describe("racing rounds", () => {
  it(
    `${rounds} of annotate, edit and heal: nobody but the person writes while the annotation is there, and every write of nopea names the version that it was decided on`,
    { timeout: 60_000 + rounds * 1_000 },
    async () => {
      const names = Array.from({ length: objects }, (_, index) => `c-${index}`);
      const app = await world.app({
        files: { "all.yaml": names.map(name => configMap(name, "git")).join("\n---\n") },
        spec: { interval: "1h" },
      });
      await app.synced();
      const hands = handsOn(world, app);
      const seen = await hands.recorder();
      const mark = await world.mark();
      const ours = new Set<string>();
      const queue = Array.from({ length: rounds }, (_, round) => round).values();
      const person = async () => {
        for (const round of queue) await play(watchful(hands, ours), round);
      };
      await Promise.all(Array.from({ length: sideBySide }, person));
      // the last heals
      await sleep(1_000);
      await Promise.all(names.map(name => app.holds(name, "git", 15_000)));
      await seen.stop();

      const writes = seen.events.filter(({ object }) => object.metadata.name.startsWith("c-"));
      expect(
        lost(
          writes.map(({ object }) => object),
          ours,
        ),
      ).toEqual([]);
      const heals = writes.filter(({ object }) => !ours.has(versionOf(object)));
      // without heals there was no race
      expect(heals.length).toBeGreaterThan(rounds / 10);

      const patches = (await world.requests(mark)).filter(
        ({ verb, resource, namespace }) =>
          verb === "patch" && resource === "configmaps" && namespace === app.namespace,
      );
      expect(patches.length).toBeGreaterThanOrEqual(heals.length);
      expect(patches.filter(patch => patch.code !== 201 && !namesVersion(patch))).toEqual([]);
      const refused = patches.filter(({ code }) => code === 409 || code === 422).length;
      console.log(`${rounds} rounds: ${heals.length} heals, ${refused} refused as outdated`);
    },
  );
});

/** Hands that remember the versions they made. */
function watchful(hands: Hands, ours: Set<string>): Hands {
  const note = <T extends ConfigMapObject>(object: T) => {
    ours.add(versionOf(object));
    return object;
  };
  return {
    ...hands,
    set: async (...args) => note(await hands.set(...args)),
    annotate: async (...args) => note(await hands.annotate(...args)),
  };
}

async function play(hands: Hands, round: number): Promise<void> {
  const name = `c-${round % objects}`;
  const race = races[round % races.length];
  if (race === undefined) return;
  const answered = await race.run(hands, name, `hotfix ${round}`);
  await some(40);
  const later = await hands.get(name);
  const what = `${race.what}: ${JSON.stringify(later)}`;
  expect(later.metadata.annotations?.[SUSPEND], what).toBe("true");
  // side by side, the edit may come after the annotation
  if (answered.data?.value !== "git") expect(later.data, what).toEqual(answered.data);
  await hands.set(name, "git", { [SUSPEND]: null });
}

/** Versions that somebody else made of an annotated one. */
function lost(objects: readonly ConfigMapObject[], ours: ReadonlySet<string>) {
  const before = new Map<string, ConfigMapObject>();
  const found: unknown[] = [];
  for (const object of objects) {
    const last = before.get(object.metadata.name);
    before.set(object.metadata.name, object);
    const isHeld = last?.metadata.annotations?.[SUSPEND] !== undefined;
    if (isHeld && !ours.has(versionOf(object))) found.push({ last, object });
  }
  return found;
}

function versionOf({ metadata }: ConfigMapObject): string {
  return metadata.resourceVersion ?? "";
}

/** In the metadata of an apply, or as tests of a JSON patch. */
function namesVersion({ body }: AuditedRequest): boolean {
  if (Array.isArray(body)) {
    const tested = (body as readonly { op: string; path: string }[])
      .filter(({ op }) => op === "test")
      .map(({ path }) => path);
    return tested.includes("/metadata/uid") && tested.includes("/metadata/resourceVersion");
  }
  const { metadata = {} } = (body ?? {}) as { metadata?: Partial<ConfigMapObject["metadata"]> };
  return (metadata.uid ?? "") !== "" && (metadata.resourceVersion ?? "") !== "";
}
