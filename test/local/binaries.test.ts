/** Where the programs of the control plane come from when there is neither a cache nor Go. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBinaries } from "../../src/local/binaries";

let directory = "";
let server: Server;
let archive: Buffer | undefined;
let asked: string[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "nopea-binaries-"));
  archive = undefined;
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (archive === undefined) response.writeHead(404).end();
    else response.end(archive);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await new Promise(resolve => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

function noGoEnvironment(): NodeJS.ProcessEnv {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    PATH: "/nonexistent",
    XDG_CACHE_HOME: directory,
    NOPEA_ENVTEST_URL: `http://127.0.0.1:${port}/mirror/`,
  };
}

/** A tar archive with one regular file a name, as envtest lays it out. */
function envtestArchive(names: readonly string[]): Buffer {
  const blocks = names.flatMap(name => {
    const content = `#!/bin/sh\necho ${name}\n`;
    const header = Buffer.alloc(512);
    header.write(`controller-tools/envtest/${name}`, 0);
    header.write("0000755\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("0", 156);
    const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    padded.write(content);
    return [header, padded];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

test("no Go: the envtest archive is downloaded once, and the missing controllers are announced", async () => {
  archive = envtestArchive(["etcd", "kube-apiserver", "kubectl"]);
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const found = await findBinaries({ env: noGoEnvironment(), say });
  expect(asked).toEqual([
    expect.stringMatching(/^\/mirror\/envtest-v1\.\d+\.\d+-\w+-\w+\.tar\.gz$/),
  ]);
  expect(readFileSync(found.kubectl, "utf8")).toContain("echo kubectl");
  expect(statSync(found.etcd).mode & 0o777).toBe(0o755);
  expect(found.controllerManager).toBeUndefined();
  expect(lines.join("\n")).toMatch(/no controllers run/);
  expect(await findBinaries({ env: noGoEnvironment(), say })).toEqual(found);
  expect(asked).toHaveLength(1);
});

test("an archive that lacks a program: nothing half is kept, and the program is named", async () => {
  archive = envtestArchive(["etcd", "kubectl"]);
  const search = () => findBinaries({ env: noGoEnvironment(), say: () => undefined });
  await expect(search()).rejects.toThrow(/lacks kube-apiserver/);
  archive = envtestArchive(["etcd", "kube-apiserver", "kubectl"]);
  await expect(search()).resolves.toHaveProperty("apiServer");
});

test("neither Go nor the archive: the error says what was tried, why it failed and what helps", async () => {
  const search = findBinaries({ env: noGoEnvironment(), say: () => undefined });
  await expect(search).rejects.toThrow(
    /Go is not installed.*can't be downloaded: the server answered 404.*NOPEA_ENVTEST_URL.*KUBEBUILDER_ASSETS/s,
  );
});

test("KUBEBUILDER_ASSETS without kubectl: named, and nothing else is tried", async () => {
  for (const name of ["etcd", "kube-apiserver"]) writeFileSync(join(directory, name), "");
  const env = { ...noGoEnvironment(), KUBEBUILDER_ASSETS: directory };
  await expect(findBinaries({ env, say: () => undefined })).rejects.toThrow(
    `KUBEBUILDER_ASSETS points to ${directory}, which lacks kubectl`,
  );
  expect(asked).toEqual([]);
});

test("KUBEBUILDER_ASSETS with everything: taken as it is", async () => {
  const names = ["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"];
  for (const name of names) writeFileSync(join(directory, name), "");
  const env = { ...noGoEnvironment(), KUBEBUILDER_ASSETS: directory };
  const found = await findBinaries({ env, say: () => undefined });
  expect(found.controllerManager).toBe(join(directory, "kube-controller-manager"));
});
