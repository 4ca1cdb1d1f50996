/** Following live objects of a kind: gaps, and kinds that cannot be listed. */
import { describe, expect, test } from "vitest";
import { NopeaError } from "../../../src/model/errors";
import {
  configMaps,
  event,
  held,
  page,
  PATIENT,
  recorder,
  setUp,
  until,
  widgets,
} from "../../support/follow-world";
import { lines, type Answer } from "../../support/watch-server";

const signal = new AbortController().signal;
const GONE = '{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}\n';

describe("a gap", () => {
  test("every follower is listed anew, once, and told from then on", async () => {
    const { follow, send, lists, versions, open, logged } = await setUp((_, count) =>
      page(String(10 * count), `a@${10 * count}`),
    );
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await send(event("ADDED", "x", "25"), GONE);
    await until(() => open.length === 2);
    await send(event("MODIFIED", "a", "41"));
    await until(() => two.told.includes("changed a@41") && one.told.includes("changed a@41"));
    expect(one.told).toEqual(["listed a@10", "changed x@25", "listed a@30", "changed a@41"]);
    expect(two.told).toEqual(["listed a@20", "changed x@25", "listed a@40", "changed a@41"]);
    expect([lists.length, versions()]).toEqual([4, ["10", "30"]]);
    expect(logged).toEqual(["warn watch of a kind interrupted", "info watch of a kind goes on"]);
  });

  test("a list from before it: not told; the one from after it is", async () => {
    const before = held();
    const { follow, send, open } = await setUp((_, count) =>
      count === 2 ? before.answered : page(String(10 * count)),
    );
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    const followed = follow(two.follower, [configMaps], signal);
    await send(GONE);
    await followed;
    await until(() => open.length === 2);
    before.answer(page("15", "old@5"));
    await send(event("ADDED", "a", "50"));
    await until(() => two.told.length === 2);
    expect(two.told).toEqual(["listed", "changed a@50"]);
  });

  test("deleted while it is listed anew: lost after that, not before", async () => {
    const anew = held();
    const { follow, send, open, lists } = await setUp((_, count) =>
      count === 4 ? anew.answered : page(String(10 * count), "a@5"),
    );
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await send(GONE);
    await until(() => open.length === 2 && lists.length === 4);
    await send(event("DELETED", "a", "41"));
    await until(() => one.told.includes("lost a@41"));
    anew.answer(page("40", "a@5"));
    await until(() => two.told.length === 3);
    expect(two.told).toEqual(["listed a@5", "listed a@5", "lost a@41"]);
  });

  test("lists that fail after it: tried again until they succeed", async () => {
    const { follow, send, logged } = await setUp((_, count) =>
      count === 3 || count === 5 || count === 6 ? { status: 500 } : page(String(10 * count)),
    );
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [configMaps], signal);
    await follow(two.follower, [configMaps], signal);
    await send(GONE);
    await until(() => one.told.length === 2 && two.told.length === 2);
    expect([one.told, two.told]).toEqual([
      ["listed", "listed"],
      ["listed", "listed"],
    ]);
    expect(logged[0]).toBe("warn watch of a kind interrupted");
  });

  test("its end, the connection's only: nobody is listed anew", async () => {
    const { follow, lists, versions } = await setUp(() => page("10"), {
      watches: [lines(event("ADDED", "a", "11"))],
    });
    const { follower, told } = recorder();
    await follow(follower, [configMaps], signal);
    await until(() => versions().length === 2);
    expect([versions(), lists.length, told]).toEqual([["10", "11"], 1, ["listed", "changed a@11"]]);
  });
});

describe("a kind that cannot be listed", () => {
  const unavailable = { status: 503, body: { message: "no endpoints" } };
  const fault = {
    code: "kind-unavailable",
    message: "GET /apis/example.com/v1/widgets: 503 no endpoints",
  };

  test("unavailable: said so, the others are followed; listed by itself when it is back", async () => {
    let back = false;
    const { follow, logged } = await setUp(({ path }) =>
      path.includes("widgets") && !back ? unavailable : page("10"),
    );
    const { follower, told } = recorder();
    const faults = await follow(follower, [configMaps, widgets], signal);
    expect([...faults]).toEqual([["example.com/v1/Widget", fault]]);
    expect(told).toEqual(["listed"]);
    back = true;
    await until(() => told.length === 2);
    await until(() => logged.length === 2);
    expect(logged).toEqual(["warn watch of a kind interrupted", "info watch of a kind goes on"]);
    expect([...(await follow(follower, [configMaps, widgets], signal))]).toEqual([]);
  });

  test("unavailable, and then not: the next follow lists it at once", async () => {
    let back = false;
    const { follow, lists } = await setUp(() => (back ? page("10") : unavailable), {
      limits: PATIENT,
    });
    const { follower, told } = recorder();
    expect((await follow(follower, [widgets], signal)).size).toBe(1);
    expect((await follow(follower, [widgets], signal)).size).toBe(1);
    expect(lists.length).toBe(2);
    back = true;
    expect((await follow(follower, [widgets], signal)).size).toBe(0);
    expect(told).toEqual(["listed"]);
  });

  test("unavailable to who joins: said so, and the next follow lists it at once", async () => {
    const { follow } = await setUp((_, count) => (count === 2 ? unavailable : page("10")), {
      limits: PATIENT,
    });
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [widgets], signal);
    expect((await follow(two.follower, [widgets], signal)).size).toBe(1);
    expect((await follow(two.follower, [widgets], signal)).size).toBe(0);
    expect([one.told, two.told]).toEqual([["listed"], ["listed"]]);
  });

  test.each([
    ["the API server is away", undefined, "cluster-unreachable"],
    ["the API server answers 500", 500, "cluster-unreachable"],
    ["forbidden", 403, "object-forbidden"],
  ])("%s: rejects; the next follow works at once", async (_, status, code) => {
    const down = new NopeaError("cluster-unreachable", "connection refused");
    let up = false;
    const { follow, send } = await setUp(
      () => {
        if (up) return page("10");
        if (status === undefined) throw down;
        return { status };
      },
      { limits: PATIENT },
    );
    const { follower, told } = recorder();
    await expect(follow(follower, [configMaps], signal)).rejects.toMatchObject({ code });
    up = true;
    await follow(follower, [configMaps], signal);
    await send(event("ADDED", "a", "11"));
    await until(() => told.length === 2);
    expect(told).toEqual(["listed", "changed a@11"]);
  });

  test("a kind that rejects: those that were listed stay followed", async () => {
    let forbidden = true;
    const { follow, lists } = await setUp(({ path }) =>
      path.includes("widgets") && forbidden ? { status: 403 } : page("10"),
    );
    const { follower, told } = recorder();
    await expect(follow(follower, [widgets, configMaps], signal)).rejects.toThrow("403");
    forbidden = false;
    await follow(follower, [widgets, configMaps], signal);
    expect(told).toEqual(["listed", "listed"]);
    expect(lists.length).toBe(3);
  });
});

describe("a kind that is not served", () => {
  test("nothing there, said once; one line in the log; when it comes: listed by itself", async () => {
    let served = false;
    const { follow, lists, logged, versions } = await setUp(() =>
      served ? page("10", "a@7") : { status: 404 },
    );
    const { follower, told } = recorder();
    expect((await follow(follower, [widgets], signal)).size).toBe(0);
    await until(() => lists.length > 5);
    expect(told).toEqual(["listed"]);
    expect(logged).toEqual(["warn watch of a kind interrupted"]);
    expect(versions()).toEqual([]);
    served = true;
    await until(() => logged.length === 2);
    expect(told).toEqual(["listed", "listed a@7"]);
    expect(logged[1]).toBe("info watch of a kind goes on");
  });

  test("its definition is deleted: everybody is told that nothing is left, once", async () => {
    let served = true;
    const notFound: Answer = response => response.writeHead(404).end("{}");
    const { follow, lists } = await setUp(() => (served ? page("10", "a@7") : { status: 404 }), {
      watches: [lines(event("DELETED", "a", "11")), ...Array<Answer>(9).fill(notFound)],
    });
    const [one, two] = [recorder("one"), recorder("two")];
    const both = [one, two].map(({ follower }) => follow(follower, [widgets], signal));
    served = true;
    await Promise.all(both);
    served = false;
    await until(() => lists.length > 6);
    expect(one.told).toEqual(["listed a@7", "lost a@11", "listed"]);
    expect(two.told).toEqual(["listed a@7", "lost a@11", "listed"]);
  });

  test("a follower that joins: told at once, and so is the next follow when it comes", async () => {
    let served = false;
    const { follow } = await setUp(() => (served ? page("10", "a@7") : { status: 404 }), {
      limits: PATIENT,
    });
    const [one, two] = [recorder("one"), recorder("two")];
    await follow(one.follower, [widgets], signal);
    await follow(two.follower, [widgets], signal);
    served = true;
    await follow(two.follower, [widgets], signal);
    await until(() => one.told.length === 2);
    expect([one.told, two.told]).toEqual([
      ["listed", "listed a@7"],
      ["listed", "listed a@7"],
    ]);
  });
});

test("the end of life: watches end, and nothing is told", async () => {
  const { follow, open, life, send, logged } = await setUp(() => page("10"));
  const { follower, told } = recorder();
  await follow(follower, [configMaps], signal);
  await send(event("ADDED", "a", "11"));
  await until(() => told.length === 2);
  life.abort();
  await until(() => open[0]?.destroyed === true);
  expect(logged).toEqual([]);
});
