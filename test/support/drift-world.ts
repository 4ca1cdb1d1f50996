/** A repository with one ConfigMap `shop/a` that holds `{k: "git"}`, and short words for what happens to it. */
import type { JsonObject } from "../../src/model/json";
import { isOpen, type Episode } from "../../src/model/episode";
import type { RepositoryId, RepositoryStatus } from "../../src/model/git-repository";
import type { Spec } from "./fake-repositories";
import { configMap, createFakeWorld, URL, type FakeWorld } from "./fake-world";

export const OBJECT = "ConfigMap/shop/a";

export interface DriftWorld extends FakeWorld {
  readonly id: RepositoryId;
  /** Git declares exactly this data of it from now on, or nothing at all; resolves when the next poll is over. */
  push(data: Readonly<Record<string, string>>, annotations?: JsonObject): Promise<string>;
  /** Somebody changes its data. */
  hand(data: Readonly<Record<string, string>>): Promise<void>;
  annotate(annotations: Readonly<Record<string, string>>): Promise<void>;
  /** Its data as it is live; undefined: it is not there. */
  data(): JsonObject | undefined;
  /** Writes that reached it. */
  writes(): number;
  episodes(): readonly Episode[];
  /** `waiting k`: decisions and fields of the open ones. */
  open(): readonly string[];
  /** Decisions of the closed ones. */
  closed(): readonly string[];
  current(): RepositoryStatus;
}

export async function createDriftWorld(
  spec: Spec = {},
  data: Readonly<Record<string, string>> = { k: "git" },
): Promise<DriftWorld> {
  const world = createFakeWorld();
  const { cluster, clock, git, records } = world;
  git.commit(URL, { "a.yaml": configMap("a", data) });
  const id = await world.create(spec);
  const episodes = () => records.held(id);
  return {
    ...world,
    id,
    async push(wanted, annotations) {
      const manifest = JSON.parse(configMap("a", wanted)) as { readonly metadata: JsonObject };
      const metadata = { ...manifest.metadata, ...(annotations && { annotations }) };
      const commit = git.commit(URL, { "a.yaml": JSON.stringify({ ...manifest, metadata }) });
      await clock.advance(5_000);
      return commit;
    },
    async hand(changes) {
      cluster.edit(OBJECT, { data: changes });
      await clock.settle();
    },
    async annotate(annotations) {
      cluster.edit(OBJECT, { metadata: { annotations } });
      await clock.settle();
    },
    data: () => cluster.read(OBJECT)?.data as JsonObject | undefined,
    writes: () => cluster.writes.filter(({ object }) => object === OBJECT).length,
    episodes,
    open: () =>
      episodes()
        .filter(isOpen)
        .map(({ decision, fields }) => `${decision} ${fields.join()}`.trim()),
    closed: () =>
      episodes()
        .filter(one => !isOpen(one))
        .map(({ decision }) => decision),
    current: () => world.status(id),
  };
}
