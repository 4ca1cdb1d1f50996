/** The files and flags that etcd, kube-apiserver and kube-controller-manager are started with. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeKubeconfig } from "./access";
import { createSigningKeys, type Authority } from "./certificates";

export type AuditLevel = "Metadata" | "Request" | "RequestResponse";

export interface Layout {
  readonly dir: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiPort: number;
  readonly managerPort: number;
}

const host = "127.0.0.1";

/** Where the API server of a layout answers. */
export function apiUrl(layout: Layout): string {
  return `https://${host}:${layout.apiPort}`;
}

/** Writes certificates, keys and the audit policy into the layout's folder. */
export async function writeFiles(
  layout: Layout,
  authority: Authority,
  audit: AuditLevel | undefined,
): Promise<void> {
  const write = (name: string, text: string) =>
    writeFile(join(layout.dir, name), text, { mode: 0o600 });
  const service = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const server = authority.server(["localhost", ...service], [host, "10.96.0.1"]);
  const signing = createSigningKeys();
  const manager = authority.client("system:kube-controller-manager", []);
  const policy = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [{ level: audit ?? "None" }],
  };
  await Promise.all([
    write("ca.crt", authority.cert),
    write("ca.key", authority.key),
    write("about.json", JSON.stringify({ url: apiUrl(layout) })),
    write("server.crt", server.cert),
    write("server.key", server.key),
    write("sa.pub", signing.publicKey),
    write("sa.key", signing.privateKey),
    write("audit-policy.yaml", stringify(policy)),
    writeKubeconfig(join(layout.dir, "manager.kubeconfig"), {
      url: apiUrl(layout),
      ca: authority.cert,
      ...manager,
    }),
  ]);
}

/** Flags of etcd: loopback only, no fsync, since its data lives as long as the run. */
export function etcdFlags(layout: Layout): readonly string[] {
  const client = `http://${host}:${layout.etcdPort}`;
  const peer = `http://${host}:${layout.etcdPeerPort}`;
  return [
    `--data-dir=${join(layout.dir, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync=true",
    "--quota-backend-bytes=4294967296",
    "--log-level=warn",
  ];
}

/** Flags of kube-apiserver: RBAC, and no admission that waits for kubelets or tokens. */
export function apiServerFlags(layout: Layout, audit: AuditLevel | undefined): readonly string[] {
  const file = (name: string) => join(layout.dir, name);
  return [
    `--etcd-servers=http://${host}:${layout.etcdPort}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${layout.apiPort}`,
    `--cert-dir=${file("certs")}`,
    `--tls-cert-file=${file("server.crt")}`,
    `--tls-private-key-file=${file("server.key")}`,
    `--client-ca-file=${file("ca.crt")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${file("sa.pub")}`,
    `--service-account-signing-key-file=${file("sa.key")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
    "--allow-privileged=true",
    ...(audit === undefined
      ? []
      : [
          `--audit-policy-file=${file("audit-policy.yaml")}`,
          `--audit-log-path=${file("audit.log")}`,
          "--audit-log-maxsize=100000",
        ]),
  ];
}

/** Flags of kube-controller-manager: every controller, each as its own service account. */
export function managerFlags(layout: Layout): readonly string[] {
  const file = (name: string) => join(layout.dir, name);
  const kubeconfig = file("manager.kubeconfig");
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--bind-address=${host}`,
    `--secure-port=${layout.managerPort}`,
    `--cert-dir=${file("certs")}`,
    `--root-ca-file=${file("ca.crt")}`,
    `--service-account-private-key-file=${file("sa.key")}`,
    "--use-service-account-credentials=true",
    "--leader-elect=false",
  ];
}
