/** The ways in which users install nopea: each leaves the same installation. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { buildModule } from "../../src/local/build-module";
import { projectRoot } from "../../src/local/paths";
import type { App } from "./app";
import { kubectl, nopea, run } from "./programs";
import { stranger, type Stranger } from "./stranger";
import { step } from "./steps";

export interface Way {
  readonly name: string;
  install(): Promise<unknown>;
  /** Why it cannot be run here. */
  missing?(): string | undefined;
  /** What only this way does while it is installed. */
  live?(app: App): Promise<void>;
  uninstall(): Promise<unknown>;
}

const built = () => buildModule(projectRoot, () => undefined);
const uninstall = () => nopea("uninstall", "--yes");

/** How an image gets into the cluster: NOPEA_TEST_LOAD_IMAGE, a command to which the archive's path is added. */
const loader = (process.env.NOPEA_TEST_LOAD_IMAGE ?? "").split(" ").filter(word => word !== "");
const [loadCommand = "", ...loadArguments] = loader;

export const ways: readonly Way[] = [
  { name: "npm run deploy", install: () => run("npm", "run", "deploy"), uninstall },
  {
    name: "kubectl apply --server-side",
    install: async () => {
      await built();
      await kubectl("apply", "--server-side", "-f", "dist/pepr-module-nopea.yaml");
    },
    uninstall,
  },
  {
    name: "helm install",
    install: async () => {
      await built();
      await run(await helm(), "upgrade", "--install", "nopea", "dist/nopea-chart");
    },
    uninstall: async () => {
      await run(await helm(), "uninstall", "nopea", "--wait");
      await uninstall();
    },
  },
  {
    name: "npm run docker, and the image with the module inside",
    missing: () => (loadCommand === "" ? "NOPEA_TEST_LOAD_IMAGE is not set" : undefined),
    install: async () => {
      await run("npm", "run", "docker", "--", "--archive");
      await run(loadCommand, ...loadArguments, join(projectRoot, "dist", "nopea-image.tar"));
      await kubectl("apply", "--server-side", "-f", "dist/nopea-image.yaml");
    },
    uninstall,
  },
  asWritten(),
];

function asWritten(): Way {
  let someone: Promise<Stranger> | undefined;
  const they = () => (someone ??= stranger());
  const types = async (block: string) => (await they()).types(block);
  return {
    name: "README.md, line by line, in a copy of the project",
    install: async () => {
      await (await they()).typesUntil("start", "Everything runs.");
      await types("deploy");
    },
    live: app =>
      step(
        "tenants: a default account that is not there stops what has none of its own",
        async () => {
          await types("tenants");
          await app.fails("ServiceAccountNotFound");
        },
      ),
    uninstall: () => types("leave"),
  };
}

/** Of the Go module proxy, where it is not on the PATH. */
const HELM = "helm.sh/helm/v3/cmd/helm@v3.19.0";

async function helm(): Promise<string> {
  const found = await run("helm", "version").catch(() => undefined);
  if (found !== undefined) return "helm";
  const path = join(homedir(), ".cache", "nopea", "helm", "helm");
  if (!existsSync(path)) await run("env", `GOBIN=${dirname(path)}`, "go", "install", HELM);
  return path;
}
