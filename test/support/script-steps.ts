/** Twenty steps over one repository: commits, edits by hand, break-glass, policies, deadlines, suspension. */
import type { KubeObject } from "../../src/local/kube-types";
import { SUSPEND } from "./drift";
import { finishJob } from "./finish-job";
import { scale } from "./hands";
import { api, map } from "./script-files";
import {
  admin,
  annotation,
  commit,
  container,
  decides,
  deployment,
  isIn,
  job,
  refOf,
  replaceImage,
  respec,
  until,
  write,
  type Step,
} from "./script-stage";

const commits: readonly Step[] = [
  {
    name: "a commit changes a value",
    touches: ["settings"],
    act: stage => commit(stage, map("settings", { one: "2", two: "1", three: "1" })),
    ends: isIn,
  },
  {
    name: "a commit adds an object and drops a field",
    touches: ["settings", "added"],
    act: stage =>
      commit(stage, {
        ...map("added", { one: "1", two: "1" }),
        ...map("settings", { one: "2", two: "1" }),
      }),
    ends: isIn,
  },
  {
    name: "a commit drops an object",
    touches: ["legacy"],
    act: stage => commit(stage, { "legacy.yaml": null }),
    ends: isIn,
  },
];

const edits: readonly Step[] = [
  {
    name: "another image by hand",
    atOnce: true,
    touches: ["api"],
    act: stage => admin(stage).patch(deployment(stage), [replaceImage("registry.invalid/api:x")]),
    ends: decides("api", "healed"),
  },
  {
    name: "another label by hand",
    atOnce: true,
    touches: ["web"],
    act: stage =>
      admin(stage).patch(refOf(stage, "v1", "Service", "web"), {
        metadata: { labels: { team: "by-hand" } },
      }),
    ends: decides("web", "healed"),
  },
  {
    name: "a field removed by hand",
    atOnce: true,
    touches: ["api"],
    act: stage =>
      admin(stage).patch(deployment(stage), [{ op: "remove", path: `${container}/env/1` }]),
    ends: stage =>
      until(stage, deployment(stage), found => JSON.stringify(found?.spec).includes('"B"')),
  },
  {
    name: "scaled by hand",
    atOnce: true,
    touches: ["api"],
    // another manager's would be taken for an autoscaler's
    act: stage => scale(admin(stage), deployment(stage), 5, "kubectl"),
    ends: stage => until(stage, deployment(stage), found => found?.spec?.replicas === 2),
  },
  {
    name: "an object deleted by hand",
    atOnce: true,
    touches: ["flags"],
    act: stage => stage.hands.remove("flags"),
    ends: stage => until(stage, stage.hands.map("flags"), found => found !== undefined),
  },
];

const isSuspended = (found: KubeObject | undefined) =>
  found?.metadata.annotations?.[SUSPEND] !== undefined;

const breakGlass: readonly Step[] = [
  {
    name: "break-glass with a hotfix",
    touches: ["api"],
    act: stage =>
      admin(stage).patch(deployment(stage), [
        { op: "add", path: annotation, value: "true" },
        replaceImage("registry.invalid/hotfix:1"),
      ]),
    ends: decides("api", "suspended"),
  },
  {
    name: "a commit to the suspended object and to another",
    touches: ["api", "settings"],
    act: stage =>
      commit(stage, {
        ...api("registry.invalid/api:2"),
        ...map("settings", { one: "3", two: "1" }),
      }),
    ends: isIn,
  },
  {
    name: "break-glass removed",
    touches: ["api"],
    act: stage => admin(stage).patch(deployment(stage), [{ op: "remove", path: annotation }]),
    ends: stage =>
      stage.app.until(({ pending = [], drift = [] }) => pending.length + drift.length === 0),
  },
  {
    name: "break-glass for three seconds",
    touches: ["flags"],
    act: write("flags", { one: "hotfix" }, { [SUSPEND]: "3s" }),
    ends: async stage => {
      // the record of its deletion, some steps ago, says "healed" as well
      await until(stage, stage.hands.map("flags"), found => !isSuspended(found));
      await decides("flags", "healed")(stage);
    },
  },
];

const policies: readonly Step[] = [
  {
    name: "healPolicy manual, and an edit by hand",
    touches: ["settings"],
    act: async stage => {
      await respec(stage, { healPolicy: "manual" });
      await write("settings", { one: "by hand" })(stage);
    },
    ends: decides("settings", "left"),
  },
  {
    name: "a commit that equals what the hand has set",
    touches: ["settings"],
    act: stage => commit(stage, map("settings", { one: "by hand", two: "1" })),
    ends: decides("settings", "committed"),
  },
  {
    name: "an edit by hand that is left",
    touches: ["added"],
    act: write("added", { one: "by hand" }),
    ends: decides("added", "left"),
  },
  {
    name: "a commit that conflicts with it",
    touches: ["added"],
    act: stage => commit(stage, map("added", { one: "2", two: "1" })),
    ends: decides("added", "healed"),
  },
  {
    name: "healPolicy auto with a grace period, and an edit by hand: healed after it",
    touches: ["settings"],
    act: async stage => {
      await respec(stage, { healPolicy: "auto", healGracePeriod: "3s" });
      await write("settings", { two: "by hand" })(stage);
    },
    ends: decides("settings", "healed"),
  },
  {
    name: "suspended, then a commit and an edit by hand",
    touches: ["flags"],
    act: async stage => {
      await respec(stage, { suspend: true, healGracePeriod: "1h" });
      await commit(stage, map("settings", { one: "4", two: "1" }));
      await write("flags", { two: "by hand" })(stage);
    },
    ends: ({ app }) => app.until(({ phase }) => phase === "Suspended"),
    suspends: true,
  },
  {
    name: "resumed: the commit is in, and the edit waits",
    touches: ["settings", "flags"],
    act: stage => stage.app.edit({ suspend: false }),
    ends: async stage => {
      await isIn(stage);
      await decides("flags", "waiting")(stage);
    },
  },
  // the last: see the test of a finished Job below the script
  {
    name: "the Job ends and its TTL removes it",
    touches: ["migrate"],
    act: stage => finishJob(admin(stage), job(stage)),
    ends: stage => until(stage, job(stage), found => found === undefined),
  },
];

export const steps: readonly Step[] = [...commits, ...edits, ...breakGlass, ...policies];
