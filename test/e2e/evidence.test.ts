/** Every way in which people edit what Git declares: who, with which groups, what from, what to, at once. */
import { beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import type { DriftRecordObject } from "../support/hands";
import { usePeople } from "../support/people";
import {
  isClosed,
  marksOf,
  recordAbout,
  stampOf,
  untilUnmarked,
  untilWho,
} from "../support/traces";
import { useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);

const labels = (name: string) => `{app: ${name}}`;
const api = (name: string, image = "api:1.4") => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {tier: web}, annotations: {note: kept}}
spec:
  replicas: 0
  selector: {matchLabels: ${labels(name)}}
  template:
    metadata: {labels: ${labels(name)}}
    spec:
      containers:
        - {name: api, image: "${image}", env: [{name: MODE, value: calm}]}
`;
const path = "spec.template.spec.containers[name=api].image";
const image = { path, from: "api:1.4", to: "api:hotfix" };

interface Way {
  readonly types: (name: string, app: App) => Promise<Typed> | Typed;
  readonly manager: string;
  readonly changes?: readonly object[];
}
type Typed = readonly [args: readonly string[], input?: string, env?: Record<string, string>];

const patch = (type: string, body: string) => (name: string) =>
  [["patch", `deploy/${name}`, `--type=${type}`, "-p", body]] as const;
const strategic = JSON.stringify({
  spec: { template: { spec: { containers: [{ name: "api", image: "api:hotfix" }] } } },
});
const jsonPatch = JSON.stringify([
  { op: "replace", path: "/spec/template/spec/containers/0/image", value: "api:hotfix" },
]);

async function exported(name: string, { namespace }: App): Promise<string> {
  const { code, stdout } = await people.larry.types({ namespace }, [
    "get",
    `deploy/${name}`,
    "-o",
    "json",
  ]);
  expect(code).toBe(0);
  const object = JSON.parse(stdout) as KubeObject;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return JSON.stringify({ ...object, metadata }).replaceAll("api:1.4", "api:hotfix");
}

const ways: Readonly<Record<string, Way>> = {
  edit: {
    types: name => [
      ["edit", `deploy/${name}`],
      "",
      { KUBE_EDITOR: "sed -i s/api:1.4/api:hotfix/" },
    ],
    manager: "kubectl-edit",
  },
  "patch-strategic": { types: patch("strategic", strategic), manager: "kubectl-patch" },
  "patch-json": { types: patch("json", jsonPatch), manager: "kubectl-patch" },
  "patch-merge": {
    types: patch("merge", '{"spec":{"replicas":1}}'),
    manager: "kubectl-patch",
    changes: [{ path: "spec.replicas", from: "0", to: "1" }],
  },
  apply: {
    types: name => [["apply", "-f", "-"], api(name, "api:hotfix")],
    manager: "kubectl-client-side-apply",
  },
  "apply-server-side": {
    types: name => [
      ["apply", "--server-side", "--force-conflicts", "-f", "-"],
      api(name, "api:hotfix"),
    ],
    manager: "kubectl",
  },
  "replace-export": {
    types: async (name, app) => [["replace", "-f", "-"], await exported(name, app)],
    manager: "kubectl-replace",
  },
  "replace-file": {
    types: name => [["replace", "-f", "-"], api(name, "api:hotfix")],
    manager: "kubectl-replace",
  },
  "set-image": {
    types: name => [["set", "image", `deploy/${name}`, "api=api:hotfix"]],
    manager: "kubectl-set",
  },
  "set-env": {
    types: name => [["set", "env", `deploy/${name}`, "MODE=wild"]],
    manager: "kubectl-set",
    changes: [
      {
        path: "spec.template.spec.containers[name=api].env[name=MODE].value",
        from: "(changed)",
        to: "(changed)",
      },
    ],
  },
  annotate: {
    types: name => [["annotate", `deploy/${name}`, "note=lost", "--overwrite"]],
    manager: "kubectl-annotate",
    changes: [{ path: "metadata.annotations.note", from: "kept", to: "lost" }],
  },
  "label-removed": {
    types: name => [["label", `deploy/${name}`, "tier-"]],
    manager: "kubectl-label",
    changes: [{ path: "metadata.labels.tier", from: "web" }],
  },
};

const optional = ([args, input = "", env = {}]: Typed) => ({ args, options: { input, env } });

/** Types it, and checks what is told of it: who, with which groups, when, and exactly what. */
async function type(app: App, name: string, way: Way) {
  const { args, options } = optional(await way.types(name, app));
  const began = Math.floor(Date.now() / 1_000) * 1_000;
  await people.larry.types(app, args, options);
  const answered = Date.now();
  return (edits: DriftRecordObject["status"]["edits"]) => {
    const { manager, changes = [image] } = way;
    const plain = { by: "larry", groups: ["sre"], verb: "UPDATE", source: "admission" };
    const found = edits.map(({ at: _, ...edit }) => ({ ...edit, id: "" }));
    expect(found).toEqual([{ ...plain, id: "", manager, changes }]);
    const at = Date.parse(edits[0]?.at ?? "");
    expect(at).toBeGreaterThanOrEqual(began);
    expect(at).toBeLessThanOrEqual(answered);
  };
}

async function start(spec: Readonly<Record<string, unknown>>): Promise<App> {
  const names = Object.keys(ways);
  const files = Object.fromEntries(names.map(name => [`${name}.yaml`, api(name)]));
  return people.app({ files, spec, watches: { "deployments.apps": names[0] ?? "" } });
}

describe.concurrent("an edit that stays", () => {
  let app: App;
  beforeAll(async () => void (app = await start({ healPolicy: "manual" })));

  it.each(Object.entries(ways))(
    "kubectl %s: the object, the record and the status name larry",
    async (name, way) => {
      const told = await type(app, name, way);
      const live = await app.object("apps/v1", "Deployment", name);
      told(stampOf(live));
      expect(marksOf(live)).toEqual(["nopea.io/manual-edit", "nopea.io/seal"]);
      told((await recordAbout(world, app, name)).status.edits);
      await untilWho(app, `/${name}`, "larry");
    },
  );
});

describe.concurrent("an edit that is undone", () => {
  let app: App;
  beforeAll(async () => void (app = await start({ healPolicy: "auto" })));

  it.each(Object.entries(ways))(
    "kubectl %s: the record names larry, and no mark stays on the object",
    async (name, way) => {
      const told = await type(app, name, way);
      told((await recordAbout(world, app, name)).status.edits);
      const found = await recordAbout(world, app, name, { fits: isClosed });
      expect(found.status.decision).toBe("healed");
      await untilUnmarked(() => app.object("apps/v1", "Deployment", name));
    },
  );
});
