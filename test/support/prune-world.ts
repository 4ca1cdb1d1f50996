/** Repositories that prune, in the fake world: what they begin with, and what leaves Git. */
import { expect } from "vitest";
import { configMap, createFakeWorld, URL, type FakeWorld } from "./fake-world";
import type { Spec } from "./fake-repositories";
import { definitionOf } from "./widgets";

export const SECOND = 1_000;
export const MINUTE = 60_000;

export const A = configMap("a");
export const B = configMap("b");
export const C = configMap("c");
/** The definition of Widgets of example.com. */
export const DEFINITION = JSON.stringify(definitionOf("example.com"));

/** The text of an object without content. */
export const of = (apiVersion: string, kind: string, name: string, metadata = {}) =>
  JSON.stringify({ apiVersion, kind, metadata: { name, ...metadata } });

/** A repository with prune: true that is in. */
export async function begin(
  files: Readonly<Record<string, string>>,
  spec: Spec = {},
  world = createFakeWorld(),
) {
  const commit = world.git.commit(URL, files);
  const id = await world.create({ prune: true, ...spec });
  expect(world.status(id).phase).toBe("Synced");
  return { world, id, commit };
}

/** Commits these files and no others, and waits until they were looked at. */
export async function push(
  world: FakeWorld,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const commit = world.git.commit(URL, files);
  await world.clock.advance(6 * SECOND);
  return commit;
}
