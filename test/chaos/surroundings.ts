/** Everything that a run needs: a control plane with an audit log, a proxy before it, nopea's two processes, a Git server, people. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildModule } from "../../src/local/build-module";
import type { Child } from "../../src/local/child";
import { startControlPlane, type ControlPlane } from "../../src/local/control-plane";
import { startGitServer, type GitServer } from "../../src/local/git-server";
import { createKubeClient, type KubeClient } from "../../src/local/kube-client";
import { startNopea, type Nopea } from "../../src/local/nopea";
import { projectRoot } from "../../src/local/paths";
import { startApiProxy, type ApiProxy } from "./api-proxy";
import { auditPolicy } from "./audit-log";

export interface Surroundings {
  readonly controlPlane: ControlPlane;
  readonly auditLog: string;
  readonly admin: KubeClient;
  /** People of group sre, by name. */
  readonly people: Readonly<Record<string, KubeClient>>;
  readonly git: GitServer;
  readonly proxy: ApiProxy;
  readonly nopea: Nopea;
  /** Started later than the control plane, which does not know of them. */
  readonly children: Child[];
  /** Steps the clocks of nopea's processes, by milliseconds from the true time. */
  setClock(offsetMs: number): Promise<void>;
  stop(): Promise<void>;
}

export const peopleNames = ["larry", "ann", "joe"];

export async function startSurroundings(
  say: (line: string) => void,
  random: () => number,
): Promise<Surroundings> {
  await buildModule(projectRoot, say);
  const directory = await mkdtemp(join(tmpdir(), "nopea-chaos-"));
  const policy = join(directory, "audit-policy.json");
  const clock = join(directory, "clock");
  await Promise.all([writeFile(policy, JSON.stringify(auditPolicy)), writeFile(clock, "0")]);
  const controlPlane = await startControlPlane({
    audit: "RequestResponse",
    // the last flag of a name counts
    apiServerFlags: [`--audit-policy-file=${policy}`],
    say,
  });
  const proxy = await startApiProxy(controlPlane, random);
  const git = await startGitServer(directory);
  const admin = createKubeClient(controlPlane.admin);
  const people = Object.fromEntries(
    peopleNames.map(name => [name, createKubeClient(controlPlane.accessFor(name, ["sre"]))]),
  );
  const nopea = await startNopea({
    controlPlane: { ...controlPlane, url: proxy.url },
    env: {
      NOPEA_SHOW_VALUES: "all",
      NOPEA_CHAOS_CLOCK: clock,
      NODE_OPTIONS: `--require ${join(projectRoot, "test", "chaos", "clock.cjs")}`,
    },
  });
  const children: Child[] = [];
  return {
    controlPlane,
    children,
    auditLog: controlPlane.auditLog ?? "",
    admin,
    people,
    git,
    proxy,
    nopea,
    setClock: offset => writeFile(clock, String(offset)),
    stop: async () => {
      await nopea.stop();
      await Promise.all([admin, ...Object.values(people)].map(client => client.close()));
      await Promise.all([git.stop(), proxy.stop()]);
      await Promise.all(children.map(child => child.stop("SIGKILL")));
      await controlPlane.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
