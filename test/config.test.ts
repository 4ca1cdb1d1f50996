/** Settings from environment, Secret and ConfigMap. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepAccount, readConfig, readHttpPort, readPeprPort } from "../src/config";

const DEFAULTS = {
  concurrentSyncs: 8,
  allowPrivateHosts: true,
  allowLoopback: false,
  webhookSecrets: [],
  showValues: "safe" as const,
  eventValues: false,
};

describe("settings", () => {
  test("nothing set: the defaults of the contract, no problem", () => {
    expect(readConfig({}, {}, {})).toEqual({ settings: DEFAULTS, problems: [] });
  });

  test("everything set: taken over", () => {
    const environment = {
      NOPEA_CONCURRENT_SYNCS: "3",
      NOPEA_ALLOW_PRIVATE_HOSTS: "false",
      NOPEA_ALLOW_LOOPBACK: "true",
      NOPEA_DEFAULT_SERVICE_ACCOUNT: "deployer",
      NOPEA_WEBHOOK_SECRET: "s3cret",
      NOPEA_SHOW_VALUES: "all",
      NOPEA_CDEVENTS_ENDPOINT: "https://events.example/",
      NOPEA_NOTIFY_ENDPOINT: "http://chat.example/hook",
      NOPEA_EVENT_VALUES: "true",
    };
    expect(readConfig(environment)).toEqual({
      settings: {
        concurrentSyncs: 3,
        allowPrivateHosts: false,
        allowLoopback: true,
        defaultServiceAccount: "deployer",
        webhookSecrets: ["s3cret"],
        showValues: "all",
        cdeventsEndpoint: "https://events.example/",
        notifyEndpoint: "http://chat.example/hook",
        eventValues: true,
      },
      problems: [],
    });
  });

  test("set in several places: environment, then Secret, then ConfigMap; empty text does not count", () => {
    const name = "NOPEA_CONCURRENT_SYNCS";
    const read = (...values: readonly string[]) =>
      readConfig(...values.map(value => ({ [name]: value }))).settings.concurrentSyncs;
    expect(read("1", "2", "3")).toBe(1);
    expect(read("", "2", "3")).toBe(2);
    expect(read("", "", "3")).toBe(3);
  });

  test.each(["NOPEA_CDEVENTS_ENDPOINT", "NOPEA_NOTIFY_ENDPOINT"])(
    "%s is no address: not used, and named without quoting it",
    name => {
      const { settings, problems } = readConfig({ [name]: "hooks.example/t0ken" });
      expect(settings).toEqual(DEFAULTS);
      expect(problems).toEqual([`${name} must be an http:// or https:// address`]);
    },
  );

  test.each([
    ["one", ["one"]],
    ["new, old", ["new", "old"]],
    [" , new ,,\n", ["new"]],
    [" , ", []],
    ["", []],
  ])("NOPEA_WEBHOOK_SECRET %j: a trimmed list without empty ones", (value, secrets) => {
    const { settings, problems } = readConfig({ NOPEA_WEBHOOK_SECRET: value });
    expect(settings.webhookSecrets).toEqual(secrets);
    expect(problems).toEqual([]);
  });

  test.each(["0", "-1", "1.5", "abc", "1e3", " 3", "9999999"])(
    "%o concurrent syncs: the default, and told",
    value => {
      const { settings, problems } = readConfig({ NOPEA_CONCURRENT_SYNCS: value });
      expect(settings.concurrentSyncs).toBe(8);
      expect(problems).toEqual([expect.stringContaining("NOPEA_CONCURRENT_SYNCS must be")]);
    },
  );

  test.each([
    ["NOPEA_ALLOW_PRIVATE_HOSTS", "allowPrivateHosts", true],
    ["NOPEA_ALLOW_LOOPBACK", "allowLoopback", false],
  ] as const)("%s is nonsense: the default, and told", (name, field, fallback) => {
    const { settings, problems } = readConfig({ [name]: "yes" });
    expect(settings[field]).toBe(fallback);
    expect(problems).toEqual([`${name} must be true or false`]);
  });

  test.each(["none", "ALL", " all", "true"])("NOPEA_SHOW_VALUES %j: safe, and told", value => {
    const { settings, problems } = readConfig({ NOPEA_SHOW_VALUES: value });
    expect(settings.showValues).toBe("safe");
    expect(problems).toEqual(["NOPEA_SHOW_VALUES must be safe or all"]);
  });

  test("law: whatever the values, settings that can be worked with", { timeout: 60_000 }, () => {
    const name = fc.constantFrom(
      "NOPEA_CONCURRENT_SYNCS",
      "NOPEA_ALLOW_PRIVATE_HOSTS",
      "NOPEA_ALLOW_LOOPBACK",
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), variables => {
        const { concurrentSyncs } = readConfig(variables).settings;
        expect(Number.isInteger(concurrentSyncs) && concurrentSyncs >= 1).toBe(true);
      }),
    );
  });
});

describe("the default account", () => {
  const withAccount = { ...DEFAULTS, defaultServiceAccount: "deployer" };

  test("once seen: stays, though it was taken away or changed", () => {
    expect(keepAccount(withAccount, DEFAULTS)).toEqual(withAccount);
    const changed = { ...DEFAULTS, concurrentSyncs: 3, defaultServiceAccount: "other" };
    expect(keepAccount(withAccount, changed)).toEqual({ ...withAccount, concurrentSyncs: 3 });
  });

  test("never seen: the next one counts", () => {
    expect(keepAccount(undefined, withAccount)).toEqual(withAccount);
    expect(keepAccount(DEFAULTS, withAccount)).toEqual(withAccount);
    expect(keepAccount(DEFAULTS, DEFAULTS)).toEqual(DEFAULTS);
  });

  test("one that can be none stands for nobody until it is mended, and is not lost by being taken away", () => {
    const invalid = { ...DEFAULTS, defaultServiceAccount: "De ployer" };
    expect(keepAccount(invalid, DEFAULTS)).toEqual(invalid);
    expect(keepAccount(invalid, withAccount)).toEqual(withAccount);
    expect(keepAccount(withAccount, invalid)).toEqual(withAccount);
  });

  test("one that can be none: named among the problems, and in force all the same", () => {
    const { settings, problems } = readConfig({ NOPEA_DEFAULT_SERVICE_ACCOUNT: "De ployer" });
    expect(settings.defaultServiceAccount).toBe("De ployer");
    expect(problems).toEqual([
      "NOPEA_DEFAULT_SERVICE_ACCOUNT must be the name of a ServiceAccount",
    ]);
  });
});

test.each([
  [undefined, 3000],
  ["3443", 3443],
  ["65535", 65_535],
  ["65536", 3000],
  ["0", 3000],
  ["abc", 3000],
])("NOPEA_PEPR_PORT %o: %d", (value, port) => {
  expect(readPeprPort({ NOPEA_PEPR_PORT: value })).toBe(port);
});

test.each([
  [undefined, 4000],
  ["", 4000],
  ["8080", 8080],
  ["65536", 4000],
  ["-1", 4000],
  ["four thousand", 4000],
])("NOPEA_HTTP_PORT %o: %d", (value, port) => {
  expect(readHttpPort({ NOPEA_HTTP_PORT: value })).toBe(port);
});

test("NOPEA_HTTP_PORT in several places: the first one", () => {
  expect(readHttpPort({}, { NOPEA_HTTP_PORT: "1" }, { NOPEA_HTTP_PORT: "2" })).toBe(1);
});
