/** Servers and proxies that do not take a filter by size, each in its own way. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGitSource } from "../../../src/adapters/git/git-source";
import type { ServedRepository } from "../../../src/local/git-server";
import { fetchTip, textOf } from "../../contracts/git-source";
import { useGitConnections, useGitServer } from "../../support/git";
import { startRawServer, type RawServer } from "./raw-server";

const git = useGitServer();
const connections = useGitConnections();
let repository: ServedRepository;
let count = 0;

describe("behind a server that answers a filter by size with a status of its own", () => {
  const lost = { status: 200, isOver: false };
  let front: RawServer;
  let filtered = 0;
  const url = () => new URL(new URL(repository.url).pathname, front.url).href;
  const remote = () => ({ url: url(), branch: "main", path: "" });

  async function forward(asked: IncomingMessage, body: Buffer, answer: ServerResponse) {
    const isFiltered = body.includes("blob:limit");
    if (isFiltered) filtered += 1;
    if (isFiltered && !lost.isOver) {
      answer.writeHead(lost.status).end();
      return;
    }
    const { method = "GET", url = "", headers } = asked;
    const sent = ["content-type", "git-protocol"].flatMap(header => {
      const value = headers[header];
      return typeof value === "string" ? [[header, value] as const] : [];
    });
    const answered = await fetch(new URL(url, repository.url), {
      method,
      headers: Object.fromEntries(sent),
      ...(method === "GET" ? {} : { body }),
    });
    const type = answered.headers.get("content-type") ?? "";
    answer.writeHead(answered.status, { "content-type": type });
    answer.end(Buffer.from(await answered.arrayBuffer()));
  }

  beforeEach(async () => {
    repository = await git().create(`filtered-${count++}`);
    Object.assign(lost, { isOver: false });
    filtered = 0;
    front = await startRawServer((incoming, answer) => {
      const pieces: Buffer[] = [];
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.on("end", () => void forward(incoming, Buffer.concat(pieces), answer));
    });
    await repository.commit({ "a.yaml": "a" });
  });
  afterEach(() => front.stop());

  it.each([400, 500])("%i: without, and not again", async status => {
    Object.assign(lost, { status });
    const source = createGitSource({ connections });
    expect(textOf(await fetchTip(source, remote()))).toEqual({ "a.yaml": "a" });
    const asked = filtered;
    await repository.commit({ "a.yaml": "b" });
    expect(textOf(await fetchTip(source, remote()))).toEqual({ "a.yaml": "b" });
    expect(filtered).toBe(asked);
  });

  it("503: it is away, and is asked as before when it is back", async () => {
    Object.assign(lost, { status: 503 });
    const source = createGitSource({ connections });
    await expect(fetchTip(source, remote())).rejects.toMatchObject({ code: "git-unreachable" });
    Object.assign(lost, { isOver: true });
    const asked = filtered;
    expect(textOf(await fetchTip(source, remote()))).toEqual({ "a.yaml": "a" });
    expect(filtered).toBe(asked + 1);
  });
});
