/** The admission process: values that the hook decides by, kept at hand so that no request to it has to ask for them. */
import { clock } from "../adapters/clock";
import { followAll, type Listener } from "../adapters/kube/follow-all";
import { createTestimonies } from "../adapters/kube/testimonies";
import { createSealer } from "../adapters/seal";
import { sha256 } from "../adapters/sha256";
import { sealTestimony } from "../core/evidence/seal-testimony";
import { pendingRecordOf } from "../core/heal/record";
import type { HookDecision, Testimonies } from "../ports";
import { createGate, type Gate } from "../worker/gate";
import { createOpenFields } from "../worker/open-fields";
import { createPolicies } from "../worker/policies";
import { createWitness, type Witness } from "../worker/witness";
import { connect } from "./connect";
import { DRIFT_RECORDS, GIT_REPOSITORIES } from "../model/own-kinds";
import { createSettings } from "./settings";
import type { Shell } from "./shell";
import { untilDone } from "./until-done";

const rfc3339 = (milliseconds: number) => clock.rfc3339(milliseconds);

export interface Hooks extends Gate {
  readonly witness: Witness;
}

/** Whoever deletes or scales waits for no longer than that. */
const PATIENCE_MS = 500;

/** Returns at once: what is not known yet is left out of evidence and warnings, and nobody waits for it. */
export function openHooks(shell: Shell): Hooks {
  const { log, metrics } = shell;
  const policies = createPolicies(sha256);
  const openFields = createOpenFields();
  const learned = learn(shell, { policies, openFields });
  const failed = (hook: "mutate" | "witness", error: unknown) => {
    metrics.hookFailed(hook);
    log.error({ hook, error: error instanceof Error ? error.stack : String(error) }, "hook failed");
  };
  const decided = (hook: "mutate" | "witness") => (decision: HookDecision, seconds: number) =>
    metrics.hookDecided(hook, decision, seconds);
  const showValues = () => learned.settings?.known()?.showValues ?? "safe";
  const { seal } = createSealer(() => learned.settings?.sealKey());
  const gate = createGate({
    clock,
    sha256,
    seal,
    showValues,
    repositoryOf: labels => policies.of(labels)?.managing,
    openFields: uid => openFields.of(uid),
    decided: decided("mutate"),
    stopwatch,
    failed,
  });
  const witness = createWitness({
    testimonies: () => learned.testimonies,
    policies,
    openFields: uid => openFields.of(uid),
    patience: () => AbortSignal.timeout(PATIENCE_MS),
    clock,
    sha256,
    showValues,
    decided: decided("witness"),
    stopwatch,
    failed,
  });
  return { ...gate, witness };
}

/** Finer than the clock: most requests take less than a millisecond. */
function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}

interface Learned {
  settings?: ReturnType<typeof createSettings>;
  testimonies?: Testimonies;
}

interface Listeners {
  readonly policies: Listener;
  readonly openFields: Listener;
}

/** What comes from the API server, as soon as it does. */
function learn(shell: Shell, { policies, openFields }: Listeners): Learned {
  const { log, life } = shell;
  const learned: Learned = {};
  const begin = async () => {
    const { kube, stream } = await connect();
    const reach = { kube, stream, log, life };
    followAll({ ...reach, kind: GIT_REPOSITORIES, listener: policies });
    followAll({ ...reach, kind: DRIFT_RECORDS, listener: openFields });
    const settings = createSettings(kube, log, life);
    learned.settings = settings;
    await untilDone(shell, "settings read", () => settings.begin());
    // not before: what is not sealed nobody believes
    const { seal } = createSealer(settings.sealKey);
    learned.testimonies = createTestimonies(kube, (repository, testimony) =>
      sealTestimony(pendingRecordOf(repository, testimony, { rfc3339, sha256 }), seal),
    );
    await settings.follow(() => undefined);
  };
  void untilDone(shell, "knowledge of the cluster", begin);
  return learned;
}
