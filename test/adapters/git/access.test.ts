/** Who is let in, over which wire: credentials, own certificate authorities, proxies. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer, request as httpRequest, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createGitConnections,
  proxiesOf,
  type GitConnections,
  type GitConnecting,
} from "../../../src/adapters/git/connections";
import { createGitSource } from "../../../src/adapters/git/git-source";
import { createAuthority } from "../../../src/local/certificates";
import {
  startGitServer,
  type GitServer,
  type ServedRepository,
} from "../../../src/local/git-server";
import type { GitCredentials } from "../../../src/model/git-repository";
import { fetchTip, textOf } from "../../contracts/git-source";
import { startRawServer } from "./raw-server";

const PASSWORD = "pässword:with:colons";
const BASIC = `Basic ${Buffer.from(`larry:${PASSWORD}`).toString("base64")}`;
const authority = createAuthority();
let directory: string;
let server: GitServer;
let secure: GitServer;
let repository: ServedRepository;
let name: string;
let count = 0;
const open: GitConnections[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "nopea-git-"));
  server = await startGitServer(directory);
  const pair = authority.server(["localhost"], ["127.0.0.1"]);
  secure = await startGitServer(directory, "127.0.0.1", pair);
});
afterAll(async () => {
  await Promise.all(open.map(connections => connections.destroy()));
  await server.stop();
  await secure.stop();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  name = `access-${count++}`;
  repository = await server.create(name);
  await repository.commit({ "a.yaml": "a" });
});

function source(options: Partial<GitConnecting> = {}) {
  const policy = () => ({ allowPrivate: false, allowLoopback: true });
  const connections = createGitConnections({ policy, ...options });
  open.push(connections);
  return createGitSource({ connections });
}

function at(url: string, credentials?: GitCredentials) {
  return { url, branch: "main", path: "", ...(credentials === undefined ? {} : { credentials }) };
}

describe("credentials", () => {
  beforeEach(() => {
    server.behave(name, { basicAuth: { username: "larry", password: PASSWORD } });
  });

  it("the right ones: every request carries them", async () => {
    server.forget();
    const tree = await fetchTip(source(), at(repository.url, { authorization: BASIC }));
    expect(textOf(tree)).toEqual({ "a.yaml": "a" });
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
      new Set([BASIC]),
    );
  });

  it("none: git-authentication that says that none were sent, after one request", async () => {
    server.forget();
    await expect(fetchTip(source(), at(repository.url))).rejects.toMatchObject({
      code: "git-authentication",
      message: expect.stringContaining("none were sent") as string,
    });
    expect(server.requests).toHaveLength(1);
  });

  it("wrong ones: git-authentication that says so and tells nothing of them", async () => {
    const wrong = { authorization: "Basic d3Jvbmc6aHVudGVyMg==", token: "hunter2" };
    const error: unknown = await fetchTip(source(), at(repository.url, wrong)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: "git-authentication",
      message: expect.stringContaining("does not accept the credentials") as string,
    });
    expect(inspect(error, { depth: Infinity })).not.toMatch(/d3Jvbmc6|hunter2/);
  });

  it("a server that echoes them: they are not in the error", async () => {
    const echo = await startRawServer((incoming, answer) => {
      const said = `${incoming.headers.authorization ?? ""} ${PASSWORD}`;
      if (incoming.url?.includes("moved") === true) {
        answer.writeHead(302, { location: `http://example.com/${encodeURIComponent(PASSWORD)}` });
        answer.end();
      } else answer.writeHead(403, { "content-type": "text/plain" }).end(said);
    });
    for (const name of ["a.git", "moved.git"]) {
      const remote = at(`${echo.url}/${name}`, { authorization: BASIC });
      const error: unknown = await fetchTip(source(), remote).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: expect.stringContaining("***") as string });
      const shown = inspect(error, { depth: Infinity });
      for (const secret of [PASSWORD, BASIC.slice(6), encodeURIComponent(PASSWORD)]) {
        expect(shown).not.toContain(secret);
      }
    }
    await echo.stop();
  });

  it("a repository that there is not: git-not-found, with credentials as without", async () => {
    server.behave(name, { status: 404 });
    for (const credentials of [undefined, { authorization: BASIC }]) {
      await expect(fetchTip(source(), at(repository.url, credentials))).rejects.toMatchObject({
        code: "git-not-found",
        message: expect.stringContaining("has no such repository, or hides it") as string,
      });
    }
  });

  it("a server that wants the token as Bearer and says so: gets it, once more and no oftener", async () => {
    server.behave(name, { bearerToken: "t0ken" });
    const basic = "Basic eDp0MGtlbg==";
    const credentials = { authorization: basic, token: "t0ken" };
    server.forget();
    expect(textOf(await fetchTip(source(), at(repository.url, credentials)))).toEqual({
      "a.yaml": "a",
    });
    server.behave(name, { bearerToken: "another" });
    server.forget();
    await expect(fetchTip(source(), at(repository.url, credentials))).rejects.toMatchObject({
      code: "git-authentication",
    });
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([
      basic,
      "Bearer t0ken",
    ]);
  });

  it("a redirect to another host: they are not sent there", async () => {
    const seen: (string | undefined)[] = [];
    const other = await startRawServer((incoming, answer) => {
      seen.push(incoming.headers.authorization);
      answer.end();
    });
    const first = await startRawServer((_, answer) => {
      answer.writeHead(302, { location: `${other.url}/b.git/info/refs` }).end();
    });
    await expect(
      fetchTip(source(), at(`${first.url}/a.git`, { authorization: BASIC })),
    ).rejects.toMatchObject({ code: "git-protocol" });
    expect(seen).toEqual([]);
    await Promise.all([other.stop(), first.stop()]);
  });
});

describe("TLS with an own certificate authority", () => {
  const urlOf = (host = "127.0.0.1") => `${secure.url.replace("127.0.0.1", host)}/${name}.git`;

  it("its certificate in ca.crt: every request over TLS", async () => {
    const ca = authority.cert;
    expect(textOf(await fetchTip(source(), at(urlOf(), { ca })))).toEqual({ "a.yaml": "a" });
    expect(textOf(await fetchTip(source(), at(urlOf("localhost"), { ca })))).toEqual({
      "a.yaml": "a",
    });
  });

  it.each([
    ["none", undefined],
    ["another one", { ca: createAuthority().cert }],
  ])("%s: git-unreachable that names ca.crt", async (_, credentials) => {
    await expect(fetchTip(source(), at(urlOf(), credentials))).rejects.toMatchObject({
      code: "git-unreachable",
      message: expect.stringContaining("ca.crt") as string,
    });
  });

  it("one repository trusts it: another one does not thereby", async () => {
    const both = source();
    await fetchTip(both, at(urlOf(), { ca: authority.cert }));
    await expect(fetchTip(both, at(urlOf()))).rejects.toMatchObject({ code: "git-unreachable" });
  });

  it("a ca.crt that is no certificate: an error that names it, and nothing crashes", async () => {
    const ca = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
    await expect(fetchTip(source(), at(urlOf(), { ca }))).rejects.toMatchObject({
      name: "NopeaError",
      message: expect.stringContaining("ca.crt") as string,
    });
  });
});

describe("a proxy that the environment names", () => {
  const asked: string[] = [];
  let proxy: Server;
  let url: string;

  beforeEach(async () => {
    asked.splice(0);
    proxy = createHttpServer((incoming, answer) => {
      asked.push(`${incoming.method ?? ""} ${new URL(incoming.url ?? "").pathname}`);
      const { method, headers } = incoming;
      const onwards = httpRequest(incoming.url ?? "", { method, headers }, reply => {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      incoming.pipe(onwards);
    });
    proxy.on("connect", (incoming, socket, head) => {
      asked.push(`CONNECT`);
      const [host = "", port = ""] = (incoming.url ?? "").split(":");
      const onwards = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onwards.write(head);
        onwards.pipe(socket).pipe(onwards);
      });
      onwards.on("error", () => socket.destroy());
      socket.on("error", () => onwards.destroy());
    });
    await new Promise<void>(resolve => proxy.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  it("HTTP_PROXY: plain HTTP goes through it", async () => {
    const proxies = proxiesOf({ HTTP_PROXY: url });
    expect(textOf(await fetchTip(source({ proxies }), at(repository.url)))).toEqual({
      "a.yaml": "a",
    });
    expect(asked).toContain(`GET /${name}.git/info/refs`);
    expect(asked).toContain(`POST /${name}.git/git-upload-pack`);
  });

  it("https_proxy: TLS goes through a tunnel, and ca.crt counts at its end", async () => {
    const proxies = proxiesOf({ https_proxy: url });
    const remote = at(`${secure.url}/${name}.git`, { ca: authority.cert });
    expect(textOf(await fetchTip(source({ proxies }), remote))).toEqual({ "a.yaml": "a" });
    expect(new Set(asked)).toEqual(new Set(["CONNECT"]));
  });

  it("a proxy without a scheme, as curl takes it: goes through it; nonsense: counts as none", async () => {
    const proxies = proxiesOf({ http_proxy: url.replace("http://", "") });
    await fetchTip(source({ proxies }), at(repository.url));
    expect(asked).not.toEqual([]);
    expect(proxiesOf({ http_proxy: "http://[nonsense" }).httpProxy).toBeUndefined();
  });

  it("NO_PROXY names the host: straight to it", async () => {
    const proxies = proxiesOf({ http_proxy: url, NO_PROXY: "example.com,127.0.0.1" });
    await fetchTip(source({ proxies }), at(repository.url));
    expect(asked).toEqual([]);
  });

  it("an address that is not allowed: the proxy is not asked for it", async () => {
    const proxies = proxiesOf({ http_proxy: url });
    const policy = () => ({ allowPrivate: false, allowLoopback: false });
    for (const host of ["127.0.0.1", "169.254.169.254", "[::1]"]) {
      await expect(
        fetchTip(source({ proxies, policy }), at(`http://${host}/a.git`)),
      ).rejects.toMatchObject({ code: "git-host-forbidden" });
    }
    expect(asked).toEqual([]);
  });
});
