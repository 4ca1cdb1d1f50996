/** A pushed commit is fetched before anybody knows that it is the tip. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../src/model/errors";
import type { GitSource, GitTree } from "../../src/ports";
import { fetchAhead } from "../../src/worker/fetch";
import { configMap, createFakeWorld, URL } from "../support/fake-world";

const remote = { url: "https://git.example.com/a", branch: "main", path: "" };
const pushed = "a".repeat(40);
const never = new AbortController().signal;

function begin(commit: string | undefined, answer: () => Promise<GitTree>) {
  const fetched: string[] = [];
  const git: GitSource = {
    resolve: () => Promise.reject(new Error("nobody asks")),
    fetch: (_, asked) => {
      fetched.push(asked);
      return answer();
    },
  };
  return { fetched, ahead: fetchAhead({ git }, { remote, memory: undefined, commit }, never) };
}

describe("what a push has told of", () => {
  test("is fetched", async () => {
    const tree = { commit: pushed, submodules: [], files: [] };
    const { fetched, ahead } = begin(pushed, () => Promise.resolve(tree));
    expect(fetched).toEqual([pushed]);
    expect(await ahead?.tree).toBe(tree);
  });

  test("nothing: nothing is fetched", () => {
    const { fetched, ahead } = begin(undefined, () => Promise.reject(new Error("no")));
    expect({ fetched, ahead }).toEqual({ fetched: [], ahead: undefined });
  });

  test("cannot be fetched: whoever needs it asks anew", async () => {
    const { ahead } = begin(pushed, () => Promise.reject(new Error("not our ref")));
    expect(await ahead?.tree).toBeUndefined();
  });
});

describe("a repository's worker", () => {
  async function createPushedWorld() {
    const world = createFakeWorld();
    world.git.commit(URL, { "a.yaml": configMap("a") });
    const id = await world.create({ interval: "1h" });
    const before = world.git.calls.length;
    const verbs = () =>
      world.git.calls
        .slice(before)
        .map(({ verb }) => verb)
        .sort();
    const push = (commit: string) =>
      world.supervisor().push({ name: "my-app" }, { branch: "main", commit });
    return { world, id, verbs, push };
  }

  test("the tip is what was pushed: fetched once", async () => {
    const { world, id, verbs, push } = await createPushedWorld();
    const commit = world.git.commit(URL, { "a.yaml": configMap("a", { n: "1" }) });
    push(commit);
    await world.clock.settle();
    expect(world.status(id).lastSyncedCommit).toBe(commit);
    expect(verbs()).toEqual(["fetch", "resolve"]);
  });

  test("the tip is another commit: that one is fetched and synced", async () => {
    const { world, id, verbs, push } = await createPushedWorld();
    const first = world.git.commit(URL, { "a.yaml": configMap("a", { n: "1" }) });
    const tip = world.git.commit(URL, { "a.yaml": configMap("a", { n: "2" }) });
    push(first);
    await world.clock.settle();
    expect(world.status(id).lastSyncedCommit).toBe(tip);
    expect(verbs()).toEqual(["fetch", "fetch", "resolve"]);
  });

  test("the server refuses the credentials: it is asked once a try", async () => {
    const { world, verbs, push } = await createPushedWorld();
    world.git.fail(URL, new NopeaError("git-authentication", "no"));
    push(pushed);
    await world.clock.settle();
    const first = verbs().length;
    await world.clock.advance(10 * 60_000);
    const later = verbs().slice(first);
    expect(later.length).toBeGreaterThan(0);
    expect(verbs().filter(verb => verb === "fetch")).toHaveLength(1);
  });
});
