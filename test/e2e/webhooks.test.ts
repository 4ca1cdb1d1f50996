/** Git servers' webhooks on the running pair. Every interval is an hour: nothing but a webhook makes nopea look. */
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually, uniqueSuffix, type KubeObject } from "../support/cluster";
import { configMap, useWorld, type App, type AppOptions } from "../support/world";
import { delivery, post, type FixtureName } from "../support/webhooks";

const world = useWorld();
const { httpUrl, webhookSecret: secret } = world.nopea;
const urlOf = ({ namespace, name }: Pick<App, "namespace" | "name">) =>
  `${httpUrl}/webhook/${namespace}/${name}`;

/** A repository that is in, and looks at Git only when told. */
async function quietApp(options: AppOptions = {}): Promise<App> {
  const files = { "a.yaml": configMap("a", "1") };
  const app = await world.app({ files, ...options, spec: { interval: "1h", ...options.spec } });
  await app.synced();
  return app;
}

const tell = (app: App, commit: string, name: FixtureName = "github/push", branch = "main") =>
  post(urlOf(app), delivery(name, { secret, branch, commit }));

const received = (app: App) => ({
  status: 200,
  body: { status: "received", repositories: [`${app.namespace}/${app.name}`] },
});

/** The promise is 200 ms; machines that do other things meanwhile must not fail a test. */
const PROMPTLY_MS = 5_000;

describe("a push", () => {
  it.each<FixtureName>(["github/push", "gitlab/push", "gitea/push"])(
    "%s: answered at once, and live long before the interval ends",
    async name => {
      const app = await quietApp();
      const commit = await app.push({ "a.yaml": configMap("a", "2") });
      const answer = await tell(app, commit, name);
      expect(answer).toMatchObject(received(app));
      expect(answer.milliseconds).toBeLessThan(PROMPTLY_MS);
      await app.holds("a", "2");
    },
  );

  it("a form, as GitHub sends where nobody chose JSON: live", async () => {
    const app = await quietApp();
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    expect(
      await post(urlOf(app), delivery("github/push", { secret, commit, form: true })),
    ).toMatchObject(received(app));
    await app.holds("a", "2");
  });

  it("to a name without namespace: every repository of that name; with one: only that", async () => {
    const name = `app-${uniqueSuffix()}`;
    const [a, b] = await Promise.all([quietApp({ name }), quietApp({ name })]);
    const push = async (app: App, value: string) => app.push({ "a.yaml": configMap("a", value) });
    const commit = await push(a, "2");
    await push(b, "2");
    expect(await tell(a, commit)).toMatchObject(received(a));
    await a.holds("a", "2");
    await sleep(1_000);
    expect(await b.data("a")).toEqual({ value: "1" });
    const again = await push(a, "3");
    await push(b, "3");
    const all = await post(
      `${httpUrl}/webhook/${name}`,
      delivery("github/push", { secret, commit: again }),
    );
    expect(all.status).toBe(200);
    expect(all.body.status).toBe("received");
    expect((all.body.repositories as string[]).toSorted()).toEqual(
      [`${a.namespace}/${name}`, `${b.namespace}/${name}`].sort(),
    );
    await Promise.all([a.holds("a", "3"), b.holds("a", "3")]);
  });

  it("answered before the Git server shows the commit: looked for again until it does", async () => {
    const app = await quietApp();
    const late = "f".repeat(40);
    const syncs = await app.syncs();
    expect(await tell(app, late)).toMatchObject(received(app));
    await sleep(1_000);
    await app.push({ "a.yaml": configMap("a", "2") });
    await app.holds("a", "2");
    // a sync is told of when its status is written, a moment after its objects
    await eventually(async () => (await app.syncs()) > syncs, 20_000);
    expect(await app.syncs()).toBe(syncs + 1);
  });

  it("while the Git server takes its time: answered before the sync ends", async () => {
    const app = await quietApp();
    const name = `${app.namespace}/${app.name}`;
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    world.git().behave(name, { delayMs: 6_000 });
    const answer = await tell(app, commit);
    world.git().behave(name, {});
    expect(answer).toMatchObject(received(app));
    expect(answer.milliseconds).toBeLessThan(PROMPTLY_MS);
    expect(await app.data("a")).toEqual({ value: "1" });
    await app.holds("a", "2");
  });

  it("during a sync: not lost", async () => {
    const many = (value: string) =>
      Array.from({ length: 300 }, (_, index) => configMap(`c-${index}`, value)).join("\n---\n");
    const app = await quietApp({ files: { "a.yaml": many("1") } });
    await tell(app, await app.push({ "a.yaml": many("2") }));
    await eventually(async () => (await app.data("c-0"))?.value === "2", 20_000, 10);
    const last = await app.push({ "a.yaml": many("3") });
    await tell(app, last);
    await app.synced(last, 20_000);
    expect(await app.data("c-299")).toEqual({ value: "3" });
  });

  it("twenty within a second, of a commit and then of a newer one: at most two syncs, and the newer one is in", async () => {
    const app = await quietApp();
    const before = await app.syncs();
    let commit = await app.push({ "a.yaml": configMap("a", "2") });
    const startedAt = Date.now();
    const tellTen = async () => {
      for (let number = 0; number < 10; number++) {
        expect((await tell(app, commit)).body.status).toBe("received");
        await sleep(30);
      }
    };
    const [newer] = await Promise.all([app.push({ "a.yaml": configMap("a", "3") }), tellTen()]);
    commit = newer;
    await tellTen();
    const milliseconds = Date.now() - startedAt;
    console.log(`20 pushes in ${milliseconds} ms`);
    await app.holds("a", "3");
    await sleep(3_000);
    // a machine that needs longer than a second for them makes several bursts of them
    const bursts = Math.max(1, Math.ceil(milliseconds / 1_500));
    expect((await app.syncs()) - before).toBeLessThanOrEqual(1 + bursts);
  });
});

describe("latency", () => {
  it("fifty pushes to twenty manifests: each live in seconds; p50 and p95 are printed", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`m-${index}.yaml`, configMap(`m-${index}`, "0")]),
    );
    const app = await quietApp({ files });
    const times: number[] = [];
    for (let number = 1; number <= 50; number++) {
      const name = `m-${number % 20}`;
      const commit = await app.push({ [`${name}.yaml`]: configMap(name, String(number)) });
      expect((await tell(app, commit)).body.status).toBe("received");
      const answeredAt = performance.now();
      await eventually(async () => (await app.data(name))?.value === String(number), 30_000, 5);
      times.push(performance.now() - answeredAt);
    }
    const sorted = times.toSorted((a, b) => a - b).map(Math.round);
    const [p50 = 0, p95 = 0] = [sorted[24], sorted[47]];
    console.log(`push to live: p50 ${p50} ms, p95 ${p95} ms, longest ${sorted[49]} ms`);
    // the promise is 1 s and 2 s; machines that do other things meanwhile must not fail the test
    expect(p50).toBeLessThanOrEqual(4_000);
    expect(p95).toBeLessThanOrEqual(8_000);
  }, 300_000);
});

/** Nothing is asked of Git and nothing is written for a while. */
async function staysQuiet(app: App, act: () => Promise<void>): Promise<void> {
  const mark = await world.mark();
  const asked = () =>
    world.git().requests.filter(({ repository }) => repository === `${app.namespace}/${app.name}`)
      .length;
  const before = asked();
  await act();
  await sleep(1_500);
  expect(asked()).toBe(before);
  const writes = await world.writes(mark);
  expect(writes.filter(({ namespace }) => namespace === app.namespace)).toEqual([]);
}

describe("what is no push to the branch", () => {
  it("ping, pull request, tag, deletion, another branch: 200 ignored with a reason, and no look at Git", async () => {
    const app = await quietApp();
    const cases: readonly (readonly [FixtureName, RegExp])[] = [
      ["github/ping", /ping/],
      ["github/pull-request", /pull_request is not a push/],
      ["github/push-tag", /tag/],
      ["github/push-branch-deleted", /deleted/],
      ["gitea/delete", /delete is not a push/],
      ["gitlab/push-tag", /Tag Push Hook is not a push/],
      ["gitlab/merge-request", /Merge Request Hook is not a push/],
      ["gitlab/push-branch-deleted", /deleted/],
    ];
    await staysQuiet(app, async () => {
      for (const [name, reason] of cases) {
        const answer = await post(urlOf(app), delivery(name, { secret }));
        expect(answer, name).toMatchObject({
          status: 200,
          body: { status: "ignored", reason: expect.stringMatching(reason) as string },
        });
      }
      const other = await tell(app, app.commit, "github/push", "feature/x");
      expect(other.body).toMatchObject({
        status: "ignored",
        reason: expect.stringMatching(/syncs branch main/) as string,
      });
    });
  });

  it("suspended: 200, and the answer says so; no look at Git", async () => {
    const app = await quietApp();
    await app.edit({ suspend: true });
    await app.until(({ phase }) => phase === "Suspended");
    await staysQuiet(app, async () => {
      const answer = await tell(app, app.commit);
      expect(answer).toMatchObject({
        status: 200,
        body: { status: "ignored", reason: expect.stringContaining("suspended") as string },
      });
    });
  });
});

describe("who may not speak", () => {
  it("signatures that are wrong, absent, or SHA-1: 401, the same words whether the repository exists or not", async () => {
    const app = await quietApp();
    const nobody = { namespace: app.namespace, name: "nobody" };
    const good = delivery("github/push", { secret, commit: app.commit });
    const { "x-hub-signature-256": signature = "", ...unsigned } = good.headers;
    const gitlab = delivery("gitlab/push", { secret });
    const { "x-gitlab-token": _token, ...tokenless } = gitlab.headers;
    const sha1 = createHmac("sha1", secret).update(good.body).digest("hex");
    const cases = [
      ["invalid_signature", delivery("github/push", { secret: "guess" })],
      ["invalid_signature", { ...good, body: good.body.replace("larry", "harry") }],
      [
        "invalid_signature",
        { ...good, headers: { ...good.headers, "x-hub-signature-256": signature.slice(7) } },
      ],
      ["missing_signature", { ...good, headers: unsigned }],
      [
        "missing_signature",
        { ...good, headers: { ...unsigned, "x-hub-signature": `sha1=${sha1}` } },
      ],
      ["invalid_signature", delivery("gitlab/push", { secret: "guess" })],
      ["missing_signature", { ...gitlab, headers: tokenless }],
    ] as const;
    await staysQuiet(app, async () => {
      for (const [error, delivered] of cases) {
        const answers = [await post(urlOf(app), delivered), await post(urlOf(nobody), delivered)];
        for (const { status, body } of answers)
          expect({ status, error: body.error }).toEqual({ status: 401, error });
        expect(answers[0]?.body).toEqual(answers[1]?.body);
      }
    });
    expect(await tell({ ...app, ...nobody }, app.commit)).toMatchObject({
      status: 200,
      body: { status: "ignored", reason: "there is no GitRepository of this name" },
    });
  });

  it("nonsense: 400, 404, 405, 413; afterwards a push works as ever, and no log line holds secret or payload", async () => {
    const app = await quietApp();
    const { pid } = await world.nopea.watcher.look();
    const good = delivery("github/push", { secret, commit: app.commit });
    const badBodies = ["{", "[]", "null", '{"ref":1}', '{"ref":"refs/heads/main","after":"x"}'];
    for (const body of badBodies) {
      const headers = { "x-gitlab-event": "Push Hook", "x-gitlab-token": secret };
      expect((await post(urlOf(app), { headers, body })).status, body).toBe(400);
    }
    const base = `${httpUrl}/webhook`;
    const expected: readonly (readonly [url: string, status: number, error: string])[] = [
      [`${base}/Shop/app`, 400, "bad_name"],
      [`${base}/shop/..%2F..`, 400, "bad_name"],
      [`${base}/%zz`, 400, "bad_name"],
      [`${base}/${"a".repeat(254)}`, 400, "bad_name"],
      [`${base}/a/b/c`, 404, "unknown_route"],
      [`${httpUrl}/`, 404, "unknown_route"],
      [`${httpUrl}/webhooks/a`, 404, "unknown_route"],
    ];
    for (const [url, status, error] of expected) {
      expect(await post(url, good), url).toMatchObject({ status, body: { error } });
    }
    expect(await post(urlOf(app), { headers: {}, body: "{}" })).toMatchObject({
      status: 400,
      body: { error: "unknown_provider" },
    });
    for (const method of ["GET", "PUT"] as const) {
      const answer = await post(urlOf(app), good, method);
      expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
    }
    const great = { ...good, body: "x".repeat(26 * 1024 * 1024) };
    expect(await post(urlOf(app), great)).toMatchObject({
      status: 413,
      body: { error: "too_large" },
    });
    expect(await tell(app, app.commit)).toMatchObject(received(app));
    expect((await world.nopea.watcher.look()).pid).toBe(pid);
    const log = await world.nopea.watcher.log();
    expect(log).not.toContain(secret);
    expect(log).not.toContain("Closes #42");
    expect(log).not.toContain(good.headers["x-hub-signature-256"]);
  });
});

describe("the port", () => {
  it("/metrics: Prometheus text with webhooks and syncs counted; the Service leads to it", async () => {
    const app = await quietApp();
    await tell(app, app.commit);
    const answer = await fetch(`${httpUrl}/metrics`);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toMatch(/nopea_webhooks_total\{answer="received"\} [1-9]/);
    expect(text).toMatch(/nopea_syncs_total\{outcome="synced"\} [1-9]/);
    expect(text).toMatch(/pepr_/);
    const service = await world.cluster.admin.get<Service>({
      apiVersion: "v1",
      kind: "Service",
      namespace: "pepr-system",
      name: "nopea",
    });
    const targetPort = Number(new URL(httpUrl).port);
    expect(service.spec.ports).toMatchObject([{ name: "http", port: 80, targetPort }]);
    expect(service.spec.selector).toEqual({
      app: "pepr-nopea-watcher",
      "pepr.dev/controller": "watcher",
    });
  });
});

interface Service extends KubeObject {
  readonly spec: { readonly ports: unknown; readonly selector: unknown };
}
