/** Keeps the hooks' webhook configurations as they are to be, for as long as the process lives. */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  EVIDENCE_CONFIGURATION,
  WITNESS_CONFIGURATION,
  type HookConfigurations,
  type HookPlan,
} from "../../model/hooks";
import type { KindInfo } from "../../model/manifest";
import { createAlarm, type Alarm } from "./alarm";
import { createHookConfiguration, resourcesOf } from "./hook-configuration";
import { MUTATING, PEPR, readHookPlan, VALIDATING } from "./hook-plan";
import { watchConfigurations, type HookWatchOptions, type ReadConfiguration } from "./hook-watch";
import { createHookedKinds, type HookedKinds } from "./hooked-kinds";
import { createTrouble } from "./trouble";
import { pause, WATCH_LIMITS } from "./watch";

export interface WebhookConfigurations {
  /** The kinds that are managed from now on; returns at once. */
  manage(kinds: readonly KindInfo[]): void;
}

/** The configurations stay when `life` ends. */
export interface WebhookConfigurationsOptions extends HookWatchOptions {
  readonly build: (plan: HookPlan) => HookConfigurations;
  /** The API server takes matchConditions. */
  readonly withConditions: () => boolean;
  /** What was hooked before a restart stays so for so long: repositories come back one by one, as Git allows. */
  readonly inheritMs?: number;
}

const INHERIT_MS = 5 * 60_000;
const SETTLING_MS = 250;
/** At the start four watches begin while everything else does, too. */
const FIRST_SETTLING_MS = 1_000;
/** Who has let us rest for so long does not fight with us. */
const CALM_MS = 60_000;

/**
 * Looks at everything and puts it right: at the start, and whenever the managed kinds, Pepr's configurations or ours
 * have changed. What fails is tried again.
 */
export function createWebhookConfigurations(
  options: WebhookConfigurationsOptions,
): WebhookConfigurations {
  const { life, inheritMs = INHERIT_MS } = options;
  // each watch, wait and request listens to it: no leak, whatever Node warns of
  setMaxListeners(0, life);
  const alarm = createAlarm();
  const kinds = createHookedKinds();
  // a repository that comes back after a restart brings what was hooked all the time
  const change = (make: () => boolean) => {
    if (make()) alarm.ring();
  };
  const read = watchConfigurations(options, () => alarm.ring());
  void keep(options, createPass(options, kinds, read), alarm);
  sleep(inheritMs, undefined, { signal: life, ref: false })
    .then(() => change(() => kinds.disinherit()))
    .catch(() => undefined);
  return { manage: managed => change(() => kinds.manage(managed)) };
}

/** Puts both right once; true where somebody else had changed or deleted one. */
type Pass = () => Promise<boolean>;

function createPass(
  { kube, build, life, withConditions }: WebhookConfigurationsOptions,
  kinds: HookedKinds,
  read: ReadConfiguration,
): Pass {
  const evidence = createHookConfiguration(kube, MUTATING, EVIDENCE_CONFIGURATION);
  const witness = createHookConfiguration(kube, VALIDATING, WITNESS_CONFIGURATION);
  return async () => {
    await kinds.inherit(async () =>
      resourcesOf(await read(`${MUTATING}/${EVIDENCE_CONFIGURATION}`, life)),
    );
    const known = await readHookPlan(kube, read, life);
    const plan = { ...known, kinds: kinds.all(), withConditions: withConditions() };
    const wanted = build(plan);
    if (plan.owner === undefined && (wanted.evidence ?? wanted.witness) !== undefined) {
      // nopea is being uninstalled: what nobody owns would stay behind
      throw new Error(`ClusterRole ${PEPR}, which is to own them, is missing`);
    }
    const restored = [
      await evidence.put(wanted.evidence, read, life),
      await witness.put(wanted.witness, read, life),
    ];
    return restored.includes(true);
  };
}

/** Slower from failure to failure, and against somebody who undoes it again and again. */
async function keep(
  { log, life, limits = WATCH_LIMITS }: WebhookConfigurationsOptions,
  pass: Pass,
  alarm: Alarm,
): Promise<void> {
  const trouble = createTrouble(log, "webhook configurations wait", "webhook configurations go on");
  const attempt = () =>
    pass()
      .then(restored => {
        trouble.over();
        return { failures: 0, fights: restored ? 1 : 0 };
      })
      .catch((error: unknown) => {
        if (!life.aborted) trouble.begins(error);
        alarm.ring();
        return { failures: 1, fights: 0 };
      });
  let settlingMs = FIRST_SETTLING_MS;
  for (let count = { failures: 0, fights: 0 }; ; ) {
    const rested = await rest(alarm, life);
    // what comes at once, as at a start, is one change
    await sleep(settlingMs, undefined, { signal: life }).catch(() => undefined);
    settlingMs = SETTLING_MS;
    if (life.aborted) return;
    alarm.hush();
    const { failures, fights } = await attempt();
    count = {
      failures: failures === 0 ? 0 : count.failures + 1,
      fights: rested > CALM_MS ? fights : count.fights + fights,
    };
    await pause(1 + Math.max(count.failures, count.fights), limits, life);
  }
}

/** Until the alarm rings or life ends; how long that was. */
async function rest(alarm: Alarm, life: AbortSignal): Promise<number> {
  const since = performance.now();
  await alarm.rung(life).catch(() => undefined);
  return performance.now() - since;
}
