/** The image that `npm run docker` makes, and the manifest that runs it. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeArchive } from "../../src/local/image/archive";
import { moduleOf, withImage } from "../../src/local/image/module";
import type { KubeObject } from "../../src/local/kube-types";
import { projectRoot } from "../../src/local/paths";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "nopea-image-test-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const secret: KubeObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "pepr-system", name: "pepr-nopea-module" },
  data: { "module-0123.js.gz": Buffer.from("code").toString("base64") },
};
const deployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { namespace: "pepr-system", name: "pepr-nopea-watcher" },
  spec: {
    replicas: 1,
    template: {
      spec: {
        serviceAccountName: "pepr-nopea",
        containers: [
          {
            name: "watcher",
            image: "example/controller:v1",
            volumeMounts: [
              { name: "tls-certs", mountPath: "/etc/certs" },
              { name: "module", mountPath: "/app/load" },
            ],
          },
        ],
        volumes: [{ name: "tls-certs" }, { name: "module" }],
      },
    },
  },
};

describe("the module of a built manifest", () => {
  it("is what its Secret holds, for the image that its Deployments name", () => {
    expect(moduleOf([secret, deployment])).toEqual({
      name: "module-0123.js.gz",
      content: Buffer.from("code"),
      controller: "example/controller:v1",
    });
  });

  it("no such Secret: said", () => {
    expect(() => moduleOf([deployment])).toThrow("no Secret pepr-nopea-module");
  });
});

describe("the manifest for an image", () => {
  it("runs it, without the Secret and without where that was mounted; nothing else changes", () => {
    const text = withImage([secret, deployment], "localhost/nopea:1");
    const [only, ...others] = parseAllDocuments(text).map(document => document.toJS() as unknown);
    expect(others).toEqual([]);
    expect(only).toEqual({
      ...deployment,
      spec: {
        replicas: 1,
        template: {
          spec: {
            serviceAccountName: "pepr-nopea",
            containers: [
              {
                name: "watcher",
                image: "localhost/nopea:1",
                volumeMounts: [{ name: "tls-certs", mountPath: "/etc/certs" }],
              },
            ],
            volumes: [{ name: "tls-certs" }],
          },
        },
      },
    });
  });
});

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations: object }[];
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe("an archive", () => {
  const write = async (name: string) => {
    const content = join(directory, "content");
    mkdirSync(join(content, "app"), { recursive: true });
    writeFileSync(join(content, "app", "hello"), "hello");
    const file = join(directory, `${name}.tar`);
    const image = {
      tag: "localhost/nopea:1",
      layers: [{ directory: content, owner: 65532 }],
      user: "65532",
      workingDirectory: "/app",
      entrypoint: ["/usr/bin/node"],
      env: ["A=b"],
    };
    await writeArchive(image, file, join(directory, name));
    const out = join(directory, `${name}-out`);
    mkdirSync(out);
    execFileSync("tar", ["-xf", file, "-C", out]);
    return out;
  };
  const json = (...path: readonly string[]): unknown =>
    JSON.parse(readFileSync(join(...path), "utf8"));
  const blob = (out: string, digest: string) => join(out, "blobs", digest.replace(":", "/"));

  it("every blob is what its name says, and the index leads to all of them", async () => {
    const out = await write("one");
    const index = json(out, "index.json") as Index;
    expect(index.manifests[0]?.annotations).toMatchObject({
      "io.containerd.image.name": "localhost/nopea:1",
    });
    const manifest = json(blob(out, index.manifests[0]?.digest ?? "")) as Manifest;
    const digests = [manifest.config, ...manifest.layers].map(({ digest }) => digest);
    expect(digests).toHaveLength(2);
    for (const digest of digests) {
      const content = readFileSync(blob(out, digest));
      expect(`sha256:${createHash("sha256").update(content).digest("hex")}`).toBe(digest);
    }
    expect(json(blob(out, manifest.config.digest))).toMatchObject({
      config: { User: "65532", WorkingDir: "/app", Entrypoint: ["/usr/bin/node"], Env: ["A=b"] },
      rootfs: { type: "layers", diff_ids: [manifest.layers[0]?.digest] },
    });
    const listed = execFileSync("tar", ["-tvf", blob(out, digests[1] ?? ""), "--numeric-owner"]);
    expect(listed.toString()).toMatch(/65532\/65532 +5 1970-01-01 \S+ \.\/app\/hello/);
  });

  it("the same content makes the same layer", async () => {
    const layer = async (name: string) => {
      return json(await write(name), "manifest.json");
    };
    expect(await layer("one")).toEqual(await layer("two"));
  });
});

describe("npm run kind-up", () => {
  it("without kind: one sentence that says what is missing, and exit code 1", () => {
    const script = ["--import", "tsx", join("src", "local", "kind-up.ts")];
    const env = { PATH: "/nonexistent" };
    const ran = spawnSync(process.execPath, script, { cwd: projectRoot, env, encoding: "utf8" });
    expect(ran.stderr).toMatch(/^kind is not on the PATH: install it from \S+, or [^\n]+\n$/);
    expect(ran.status).toBe(1);
  });
});
