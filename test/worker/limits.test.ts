/** A repository that declares more than nopea manages: refused as a whole, at no cost to others. */
import { expect, test } from "vitest";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const options = { timeout: 60_000 };
const OTHER = "https://git.example.com/other.git";

/** A file of so many objects. */
function many(prefix: string, count: number): string {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  return JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: names.map(name => JSON.parse(configMap(name)) as object),
  });
}

test(
  "more than 20,000 objects in all: the file is named, nothing is written, and it is not read again",
  options,
  async () => {
    const world = createFakeWorld();
    const files = Object.fromEntries(
      ["a", "b", "c"].map(name => [`${name}.json`, many(name, 7_000)]),
    );
    world.git.commit(URL, files);
    const id = await world.create();
    expect(world.ready(id)).toMatch(/^False InvalidManifests: c\.json: .*more than 20000 objects/);
    expect(world.cluster.writes).toEqual([]);
    const fetches = () => world.git.calls.filter(call => JSON.stringify(call).includes("fetch"));
    const before = fetches().length;
    await world.clock.advance(60_000);
    expect(fetches().length).toBe(before);
    world.git.create(OTHER);
    world.git.commit(OTHER, { "a.yaml": configMap("a") });
    expect(world.ready(await world.create({ url: OTHER }, "other"))).toMatch(/^True/);
  },
);
