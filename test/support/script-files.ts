/** The ten objects that the script of script.test.ts is played over, as their files of each commit. */
import type { Files } from "../../src/local/git-fast-import";

/** What a test looks at; the last two are the script's own doing. */
export const objects: readonly (readonly [apiVersion: string, kind: string, name: string])[] = [
  ["v1", "ConfigMap", "settings"],
  ["v1", "ConfigMap", "flags"],
  ["v1", "ConfigMap", "texts"],
  ["v1", "Secret", "token"],
  ["v1", "ServiceAccount", "robot"],
  ["rbac.authorization.k8s.io/v1", "Role", "reader"],
  ["apps/v1", "Deployment", "api"],
  ["v1", "Service", "web"],
  ["batch/v1", "Job", "migrate"],
  ["v1", "ConfigMap", "legacy"],
  ["v1", "ConfigMap", "added"],
];

const text = (
  [apiVersion, kind, name]: readonly [string, string, string],
  content: object,
  labels: object = { team: "shop" },
) => JSON.stringify({ apiVersion, kind, metadata: { name, labels }, ...content });

/** The file of a ConfigMap. */
export function map(name: string, data: Readonly<Record<string, string>>): Files {
  return { [`${name}.yaml`]: text(["v1", "ConfigMap", name], { data }) };
}

/** The file of the Deployment, whose one container is called "api". */
export function api(image: string): Files {
  const labels = { app: "api" };
  const env = [
    { name: "A", value: "1" },
    { name: "B", value: "2" },
  ];
  const spec = {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "api", image, env }] } },
  };
  return { "api.yaml": text(["apps/v1", "Deployment", "api"], { spec }) };
}

/** The first commit. */
export function firstFiles(): Files {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const containers = [{ name: "migrate", image: "registry.invalid/migrate:1" }];
  const job = {
    ttlSecondsAfterFinished: 1,
    template: { spec: { restartPolicy: "Never", containers } },
  };
  const service = { selector: { app: "api" }, ports: [{ port: 80, targetPort: 8080 }] };
  return {
    ...map("settings", { one: "1", two: "1", three: "1" }),
    ...map("flags", { one: "1", two: "1" }),
    ...map("texts", { one: "1" }),
    ...map("legacy", { one: "1" }),
    ...api("registry.invalid/api:1"),
    "token.yaml": text(["v1", "Secret", "token"], { stringData: { token: "t" } }),
    "robot.yaml": text(["v1", "ServiceAccount", "robot"], {}),
    "role.yaml": text(["rbac.authorization.k8s.io/v1", "Role", "reader"], { rules }),
    "web.yaml": text(["v1", "Service", "web"], { spec: service }),
    "job.yaml": text(["batch/v1", "Job", "migrate"], { spec: job }),
  };
}
