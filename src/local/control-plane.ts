/** A Kubernetes control plane on loopback: etcd, kube-apiserver and, where there is one, kube-controller-manager. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { writeKubeconfig, type Access } from "./access";
import { findBinaries, type Binaries } from "./binaries";
import { createAuthority, type Authority } from "./certificates";
import { firstFailure, startChild, type Child } from "./child";
import {
  apiServerFlags,
  apiUrl,
  etcdFlags,
  managerFlags,
  writeFiles,
  type AuditLevel,
  type Layout,
} from "./control-plane-flags";
import { createGuard, type Guard } from "./guard";
import { eventually } from "./eventually";
import { createKubeClient } from "./kube-client";
import { requestToken } from "./token";
import { freePorts } from "./ports";

export interface ControlPlaneOptions {
  readonly binaries?: Binaries;
  readonly audit?: AuditLevel;
  readonly apiServerFlags?: readonly string[];
  readonly say?: (line: string) => void;
}

export interface ControlPlane {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly dir: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly admin: Access;
  readonly auditLog?: string;
  /** Whatever else belongs to the run can be put under the same guard. */
  readonly guard: Guard;
  readonly children: readonly Child[];
  /** A client certificate for a person. */
  accessFor(user: string, groups?: readonly string[]): Access;
  /** Path of a kubeconfig for a person. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** A token of a service account. */
  tokenFor(namespace: string, serviceAccount: string): Promise<string>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

const retries = 2;
const startTimeoutMs = 120_000;

/** Starts a control plane and returns when it answers; a port that was taken meanwhile is tried again. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const say = options.say ?? (() => undefined);
  const binaries = options.binaries ?? (await findBinaries({ say }));
  const attempt = async (left: number): Promise<ControlPlane> => {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      if (left === 0 || !isPortTaken(error)) throw error;
      say("A port was taken by somebody else meanwhile; trying again.");
      return attempt(left - 1);
    }
  };
  return attempt(retries);
}

async function startOnce(binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const guard = createGuard();
  const dir = await mkdtemp(join(tmpdir(), "nopea-"));
  guard.remove(dir);
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map(child => child.stop("SIGKILL")));
    await guard.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const layout = await chooseLayout(dir);
    const authority = createAuthority();
    await writeFiles(layout, authority, options.audit);
    const admin = accessOf(layout, authority, "nopea-local-admin", ["system:masters"]);
    const kubeconfig = join(dir, "kubeconfig");
    await writeKubeconfig(kubeconfig, admin);
    await startPrograms({ binaries, layout, guard, children, admin, options });
    return {
      ...people(layout, authority, admin),
      url: admin.url,
      ca: admin.ca,
      dir,
      kubeconfig,
      kubectl: binaries.kubectl,
      admin,
      guard,
      children,
      ...(options.audit === undefined ? {} : { auditLog: join(dir, "audit.log") }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Programs {
  readonly binaries: Binaries;
  readonly layout: Layout;
  readonly guard: Guard;
  /** Whatever was started, even when a later one fails. */
  readonly children: Child[];
  readonly admin: Access;
  readonly options: ControlPlaneOptions;
}

async function startPrograms(programs: Programs): Promise<void> {
  const { binaries, layout, guard, children, options } = programs;
  const start = async (command: string, args: readonly string[]) => {
    const name = basename(command);
    const log = join(layout.dir, `${name}.log`);
    const env = process.env;
    children.push(await startChild({ name, command, args, env, cwd: layout.dir, log, guard }));
  };
  await start(binaries.etcd, etcdFlags(layout));
  const extra = options.apiServerFlags ?? [];
  await start(binaries.apiServer, [...apiServerFlags(layout, options.audit), ...extra]);
  await Promise.race([untilReady(programs.admin), firstFailure(children)]);
  if (binaries.controllerManager !== undefined) {
    await start(binaries.controllerManager, managerFlags(layout));
  }
}

async function chooseLayout(dir: string): Promise<Layout> {
  const [etcdPort = 0, etcdPeerPort = 0, apiPort = 0, managerPort = 0] = await freePorts(4);
  return { dir, etcdPort, etcdPeerPort, apiPort, managerPort };
}

async function untilReady(admin: Access): Promise<void> {
  const kube = createKubeClient(admin);
  try {
    await eventually(() => kube.text("/readyz"), startTimeoutMs);
    await eventually(() => kube.text("/api/v1/namespaces/default"), startTimeoutMs);
  } finally {
    await kube.close();
  }
}

function accessOf(
  layout: Layout,
  authority: Authority,
  user: string,
  groups: readonly string[],
): Access {
  return { url: apiUrl(layout), ca: authority.cert, ...authority.client(user, groups) };
}

function people(
  layout: Layout,
  authority: Authority,
  admin: Access,
): Pick<ControlPlane, "accessFor" | "kubeconfigFor" | "tokenFor"> {
  const accessFor = (user: string, groups: readonly string[] = []) =>
    accessOf(layout, authority, user, groups);
  return {
    accessFor,
    kubeconfigFor: async (user, groups) => {
      const name = user.replace(/[^a-z0-9-]/gi, "_");
      const path = join(layout.dir, `${name}-${Date.now().toString(36)}.kubeconfig`);
      await writeKubeconfig(path, accessFor(user, groups));
      return path;
    },
    tokenFor: (namespace, serviceAccount) => requestToken(admin, namespace, serviceAccount),
  };
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes("address already in use");
}
