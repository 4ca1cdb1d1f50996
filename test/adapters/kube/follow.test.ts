/** Following live objects of a kind: requests, changes, and what comes while a list is under way. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../../src/model/errors";
import type { Sighting } from "../../../src/model/live";
import type { KindInfo } from "../../../src/model/manifest";
import { configMaps, event, held, page, recorder, setUp, until } from "../../support/follow-world";

const signal = new AbortController().signal;

describe("requests", () => {
  test("the first follower: one list, and a watch from its resourceVersion on", async () => {
    const { follow, lists, versions, server } = await setUp(() => page("10", "a@7"));
    const { follower, told } = recorder();
    expect([...(await follow(follower, [configMaps], signal))]).toEqual([]);
    expect(told).toEqual(["listed a@7"]);
    await until(() => versions().length === 1);
    expect(versions()).toEqual(["10"]);
    expect(server.watches[0]?.get("labelSelector")).toBe("nopea.io/repository");
    expect(lists.map(({ path, query, accept }) => ({ path, query, accept }))).toEqual([
      {
        path: "/api/v1/configmaps",
        query: {
          labelSelector: "nopea.io/repository=app,nopea.io/repository-namespace=shop",
          limit: "1000",
          continue: "",
        },
        accept: undefined,
      },
    ]);
  });

  test("a second follower: a list of its own labels; again: nothing; all over one watch", async () => {
    const { follow, lists, versions } = await setUp((_, count) => page(String(10 * count)));
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await until(() => versions().length === 1);
    expect(lists.map(({ query }) => query?.labelSelector?.split(",")[0])).toEqual([
      "nopea.io/repository=one",
      "nopea.io/repository=two",
    ]);
    expect([one.told, two.told]).toEqual([["listed"], ["listed"]]);
    expect(versions()).toEqual(["10"]);
  });

  test("many followers at once: a list each, one watch, from the first list on", async () => {
    const { follow, lists, versions } = await setUp((_, count) => page(String(10 * count)));
    const all = Array.from({ length: 30 }, (_, i) => recorder(`r${i}`));
    await Promise.all(
      all.map(({ follower }) => follow(follower, [configMaps], new AbortController().signal)),
    );
    await until(() => versions().length === 1);
    expect(lists.length).toBe(30);
    expect(all.every(({ told }) => told.join() === "listed")).toBe(true);
    expect(versions()).toEqual(["10"]);
  });

  test("objects too large for one answer: asked for in smaller pages", async () => {
    const cause = Object.assign(new Error("too big"), { code: "UND_ERR_RES_EXCEEDED_MAX_SIZE" });
    const { follow, lists } = await setUp(({ query }) => {
      const { limit } = query ?? {};
      if (limit === "1000") throw new NopeaError("cluster-unreachable", "big", { cause });
      return page("10", "a@7");
    });
    const { follower, told } = recorder();
    await follow(follower, [configMaps], signal);
    expect(told).toEqual(["listed a@7"]);
    expect(lists.map(({ query }) => query?.limit)).toEqual(["1000", "100"]);
  });
});

describe("changes", () => {
  test("told to every follower, in order, as whole objects that know their kind", async () => {
    const { follow, send } = await setUp(() => page("10"));
    const [one, two] = [recorder("one"), recorder("two")];
    const seen: Sighting[] = [];
    const follower = { ...one.follower, changed: (_: KindInfo, of: Sighting) => seen.push(of) };
    await follow(follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await send(
      event("ADDED", "a", "11"),
      event("MODIFIED", "a", "12"),
      event("DELETED", "a", "13"),
    );
    await until(() => two.told.length === 4);
    expect(two.told).toEqual(["listed", "changed a@11", "changed a@12", "lost a@13"]);
    expect(seen[1]).toMatchObject({
      live: { key: { group: "", kind: "ConfigMap", namespace: "shop", name: "a" }, uid: "a" },
      object: { apiVersion: "v1", kind: "ConfigMap", data: { v: "12" } },
    });
  });

  test("a follower that throws: the others are told, and so is the log", async () => {
    const { follow, send, logged } = await setUp(() => page("10"));
    const fail = () => {
      throw new Error("bug");
    };
    const bad = { ...recorder("bad").follower, listed: fail, changed: fail, lost: fail };
    const { follower, told } = recorder();
    await follow(bad, [configMaps], signal);
    await follow(follower, [configMaps], signal);
    await send(event("ADDED", "a", "11"), event("DELETED", "a", "12"));
    await until(() => told.length === 3);
    expect(told).toEqual(["listed", "changed a@11", "lost a@12"]);
    expect(logged).toEqual(Array(3).fill("error a follower failed"));
  });

  test("a kind that is not named any more: not told of, its watch ends with the last follower", async () => {
    const { follow, send, open } = await setUp(() => page("10"));
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await follow(one.follower, [], signal);
    await send(event("ADDED", "a", "11"));
    await until(() => two.told.length === 2);
    expect(one.told).toEqual(["listed"]);
    expect(open[0]?.destroyed).toBe(false);
    await follow(two.follower, [], signal);
    await until(() => open[0]?.destroyed === true);
  });

  test("unfollowed: nothing is told; followed again: listed, and told", async () => {
    const { follow, unfollow, send, open } = await setUp((_, count) => page(`${10 * count}`));
    const { follower, told } = recorder();
    await follow(follower, [configMaps], signal);
    await until(() => open.length === 1);
    unfollow(follower);
    await until(() => open[0]?.destroyed === true);
    await follow(follower, [configMaps], signal);
    await until(() => open.length === 2);
    await send(event("ADDED", "a", "21"));
    await until(() => told.length === 3);
    expect(told).toEqual(["listed", "listed", "changed a@21"]);
  });
});

describe("while a list is under way", () => {
  /** A kind that one follows already; the list of a second one answers when told so. */
  async function joining() {
    const list = held();
    const world = await setUp((_, count) => (count === 1 ? page("10", "a@7") : list.answered));
    const [one, two] = [recorder("one"), recorder("two")];
    await world.follow(one.follower, [configMaps], signal);
    const life = new AbortController();
    const followed = world.follow(two.follower, [configMaps], life.signal);
    await until(() => world.lists.length === 2);
    const sendAll = async (...events: readonly string[]) => {
      await world.send(...events);
      await until(() => one.told.length > events.length);
    };
    return { ...world, one, two, followed, life, sendAll, answer: list.answer };
  }

  test("changes: told right after it, those that it has already are not", async () => {
    const { two, followed, sendAll, answer } = await joining();
    await sendAll(event("MODIFIED", "a", "11"), event("MODIFIED", "a", "13"));
    expect(two.told).toEqual([]);
    answer(page("12", "a@11"));
    await followed;
    expect(two.told).toEqual(["listed a@11", "changed a@13"]);
  });

  test("deleted before the list's moment: stays gone", async () => {
    const { two, followed, sendAll, answer } = await joining();
    await sendAll(event("MODIFIED", "a", "11"), event("DELETED", "a", "12"));
    answer(page("12"));
    await followed;
    expect(two.told).toEqual(["listed"]);
  });

  test("deleted after the list's moment: lost", async () => {
    const { two, followed, sendAll, answer } = await joining();
    await sendAll(event("MODIFIED", "a", "11"), event("DELETED", "a", "12"));
    answer(page("11", "a@11"));
    await followed;
    expect(two.told).toEqual(["listed a@11", "lost a@12"]);
  });

  test("told later than the list's moment: what is older than the list is not told", async () => {
    const { two, followed, sendAll, answer } = await joining();
    answer(page("100"));
    await followed;
    await sendAll(event("MODIFIED", "a", "99"), event("DELETED", "a", "100"));
    await sendAll(event("ADDED", "b", "101"), event("ADDED", "c", "1000"));
    await until(() => two.told.length > 2);
    expect(two.told).toEqual(["listed", "changed b@101", "changed c@1000"]);
  });

  test("unfollowed: nothing is told", async () => {
    const { unfollow, one, two, followed, sendAll, answer } = await joining();
    unfollow(two.follower);
    answer(page("12", "a@11"));
    await followed;
    await sendAll(event("MODIFIED", "a", "13"));
    await until(() => one.told.includes("changed a@13"));
    expect(two.told).toEqual([]);
  });

  test("aborted: rejects with the reason, nothing is told; the next follow lists, and is told", async () => {
    const { follow, two, followed, life, sendAll, answer, lists } = await joining();
    const reason = new Error("enough");
    life.abort(reason);
    await expect(followed).rejects.toBe(reason);
    await sendAll(event("MODIFIED", "a", "11"));
    answer(page("12", "a@11"));
    await follow(two.follower, [configMaps], signal);
    expect(lists.length).toBe(3);
    await sendAll(event("MODIFIED", "a", "11"), event("MODIFIED", "a", "13"));
    await until(() => two.told.length > 1);
    expect(two.told).toEqual(["listed a@11", "changed a@13"]);
  });

  test("the first one's, aborted: who waits behind it is listed, and told", async () => {
    const list = held();
    const world = await setUp((_, count) => (count === 1 ? list.answered : page("20", "b@15")));
    const [one, two] = [recorder("one"), recorder("two")];
    const life = new AbortController();
    const first = world.follow(one.follower, [configMaps], life.signal);
    const second = world.follow(two.follower, [configMaps], signal);
    life.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    list.answer(page("10", "a@7"));
    await second;
    await world.send(event("ADDED", "c", "21"));
    await until(() => two.told.length === 2);
    expect(two.told).toEqual(["listed b@15", "changed c@21"]);
    expect(one.told).toEqual([]);
  });

  test("the only one's, aborted: no watch is left, and the next follow begins anew", async () => {
    const list = held();
    const world = await setUp((_, count) => (count === 1 ? list.answered : page("20", "b@15")));
    const { follower, told } = recorder();
    const life = new AbortController();
    const first = world.follow(follower, [configMaps], life.signal);
    life.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    list.answer(page("10", "a@7"));
    await world.follow(follower, [configMaps], signal);
    await until(() => world.versions().length > 0);
    expect(world.versions()).toEqual(["20"]);
    expect(told).toEqual(["listed b@15"]);
    expect(world.logged).toEqual([]);
  });
});
