/** The address rule where it counts: at the connection, for names as for addresses, as it is at the moment. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGitConnections } from "../../../src/adapters/git/connections";
import { createGitSource } from "../../../src/adapters/git/git-source";
import { ADVERTISEMENT, advertise, startRawServer, type RawServer } from "./raw-server";

const COMMIT = "1234567890".repeat(4);

describe("a server on loopback", () => {
  let server: RawServer;
  let asked = 0;
  const policy = { allowPrivate: true, allowLoopback: false };
  const source = createGitSource({ connections: createGitConnections({ policy: () => policy }) });
  const resolve = (url: string) =>
    source.resolve({ url, branch: "main", path: "" }, new AbortController().signal);

  beforeEach(async () => {
    asked = 0;
    policy.allowLoopback = false;
    server = await startRawServer((_, answer) => {
      asked += 1;
      answer.writeHead(200, { "content-type": ADVERTISEMENT, connection: "close" });
      answer.end(advertise(COMMIT));
    });
  });
  afterEach(() => server.stop());

  it.each(["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "0x7f.1", "localhost", "[::1]"])(
    "written as %s: git-host-forbidden that names NOPEA_ALLOW_LOOPBACK, and nothing is sent",
    async host => {
      await expect(resolve(server.url.replace("127.0.0.1", host))).rejects.toMatchObject({
        code: "git-host-forbidden",
        message: expect.stringContaining("NOPEA_ALLOW_LOOPBACK") as string,
      });
      expect(asked).toBe(0);
    },
  );

  it.each(["0.0.0.0", "[::]", "[::ffff:169.254.169.254]", "169.254.169.254"])(
    "%s: git-host-forbidden whatever is allowed",
    async host => {
      policy.allowLoopback = true;
      await expect(resolve(server.url.replace("127.0.0.1", host))).rejects.toMatchObject({
        code: "git-host-forbidden",
        message: expect.stringContaining("never allowed") as string,
      });
    },
  );

  it("the policy changes: the next connection follows it", async () => {
    await expect(resolve(server.url)).rejects.toMatchObject({ code: "git-host-forbidden" });
    policy.allowLoopback = true;
    expect(await resolve(server.url)).toBe(COMMIT);
    expect(await resolve(server.url.replace("127.0.0.1", "localhost"))).toBe(COMMIT);
    policy.allowLoopback = false;
    await expect(resolve(server.url)).rejects.toMatchObject({ code: "git-host-forbidden" });
  });
});
