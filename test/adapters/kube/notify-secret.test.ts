/** The address in the Secret of spec.notify.secretRef. */
import { expect, test } from "vitest";
import { readNotifyUrl } from "../../../src/adapters/kube/notify-secret";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;
const SECRET = { namespace: "shop", name: "room" };

function read(data: Readonly<Record<string, string>> | undefined, status = 200): Promise<string> {
  const encoded = Object.entries(data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  const { kube } = createFakeKube(({ path }) =>
    path === "/api/v1/namespaces/shop/secrets/room"
      ? { status, body: data === undefined ? {} : { data: Object.fromEntries(encoded) } }
      : undefined,
  );
  return readNotifyUrl(kube, SECRET, signal);
}

test("its key url, without the line break at the end", async () => {
  expect(await read({ url: "https://hooks.example.com/t0ken\n", other: "x" })).toBe(
    "https://hooks.example.com/t0ken",
  );
});

test.each([
  ["absent", undefined, 404, "secret-not-found", "Secret shop/room does not exist"],
  ["empty", undefined, 200, "secret-invalid", "Secret shop/room: it has no key url"],
  ["without url", { URL: "t0ken" }, 200, "secret-invalid", "Secret shop/room: it has no key url"],
  ["without a value", { url: " " }, 200, "secret-invalid", "Secret shop/room: it has no key url"],
  [
    "no address",
    { url: "ftp://t0ken" },
    200,
    "secret-invalid",
    "Secret shop/room: its key url must be an http:// or https:// address",
  ],
  ["forbidden", undefined, 403, "object-forbidden", /403/],
  ["out of reach", undefined, 503, "cluster-unreachable", /503/],
] as const)("%s: said without a value", async (_situation, data, status, code, message) => {
  await expect(read(data, status)).rejects.toMatchObject({
    code,
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });
});
