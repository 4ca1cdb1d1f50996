/** The address in the Secret of spec.notify.secretRef. */
import { expect, test } from "vitest";
import { readNotifyUrl } from "../../../src/adapters/kube/notify-secret";
import { createFakeKube } from "../../support/fake-kube";

const signal = new AbortController().signal;
const SECRET = { namespace: "shop", name: "room" };

type Texts = Readonly<Record<string, string>>;

function read(texts: Texts | undefined, status = 200): Promise<string> {
  const entries = Object.entries(texts ?? {});
  const data: Texts = Object.fromEntries(
    entries.map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  const { kube } = createFakeKube(({ path }) =>
    path === "/api/v1/namespaces/shop/secrets/room"
      ? { status, body: texts === undefined ? {} : { data } }
      : undefined,
  );
  return readNotifyUrl(kube, SECRET, signal);
}

test("its key url, without the line break at the end", async () => {
  expect(await read({ url: "https://hooks.example.com/t0ken\n", other: "x" })).toBe(
    "https://hooks.example.com/t0ken",
  );
});

interface Case {
  readonly situation: string;
  readonly texts?: Texts;
  readonly status?: number;
  readonly code: string;
  readonly message: RegExp;
}

const EMPTY = /^Secret shop\/room: it has no key url$/;
const CASES: readonly Case[] = [
  {
    ...{ situation: "absent", status: 404, code: "secret-not-found" },
    message: /^Secret shop\/room does not exist$/,
  },
  { situation: "empty", code: "secret-invalid", message: EMPTY },
  { situation: "without url", texts: { URL: "t0ken" }, code: "secret-invalid", message: EMPTY },
  { situation: "without a value", texts: { url: " " }, code: "secret-invalid", message: EMPTY },
  {
    ...{ situation: "no address", texts: { url: "ftp://t0ken" }, code: "secret-invalid" },
    message: /^Secret shop\/room: its key url must be an http:\/\/ or https:\/\/ address$/,
  },
  { situation: "forbidden", status: 403, code: "object-forbidden", message: /403/ },
  { situation: "out of reach", status: 503, code: "cluster-unreachable", message: /503/ },
];

test.each(CASES)("$situation: said without a value", async ({ texts, status, code, message }) => {
  const error = await read(texts, status).catch((error: unknown) => error);
  expect(error).toMatchObject({ code });
  expect(String(error).replace("NopeaError: ", "")).toMatch(message);
});
