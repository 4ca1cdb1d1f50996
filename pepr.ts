/** Composition root: which process this is, and what Pepr makes of it. */
import { Log as peprLog, metricsCollector, PeprModule } from "pepr";
import { answer, createAdmission, setAside, type Hooks } from "./capabilities/admission";
import { createRepositories, type RepositoryInbox } from "./capabilities/repositories";
import manifest from "./package.json";
import { setUpPeprServer } from "./src/adapters/pepr-server";
import { createLog } from "./src/adapters/log";
import { createMetrics } from "./src/adapters/metrics/metrics";
import { readPeprPort } from "./src/config";
import { openHooks } from "./src/process/admission";
import type { Log } from "./src/ports";
import type { Shell } from "./src/process/shell";
import { runWatcher } from "./src/process/watcher";

const NOBODY: RepositoryInbox = { upsert: () => undefined, remove: () => undefined };
const NO_HOOKS: Hooks = {
  mutate: () => undefined,
  take: () => undefined,
  witness: () => Promise.resolve([]),
};

const { PEPR_MODE: mode, PEPR_WATCH_MODE: watchMode } = process.env;
if (mode === "build") {
  // the build only asks which bindings there are; a timer or connection made here would keep it from ending
  new PeprModule(manifest, [createRepositories(NOBODY), createAdmission(NO_HOOKS)]);
} else {
  run(openShell());
}

function run(shell: Shell): void {
  const isWatcher = mode === "dev" || watchMode === "true";
  const hooks = mode === "dev" || !isWatcher ? openHooks(shell) : NO_HOOKS;
  if (isWatcher) void runWatcher(shell, inbox => start(inbox, hooks));
  else start(NOBODY, hooks);
}

/** Pepr begins to watch when it is constructed, and listens when it is started. */
function start(inbox: RepositoryInbox, hooks: Hooks): void {
  setUpPeprServer();
  const module = new PeprModule(manifest, [createRepositories(inbox), createAdmission(hooks)], {
    deferStart: true,
    beforeHook: setAside,
    afterHook: response => answer(hooks, response),
  });
  module.start(readPeprPort(process.env));
}

/** Pepr tells six lines of each admission request, answers included: who wants to read them sets LOG_LEVEL=debug. */
function openLog(): Log {
  const { level } = peprLog;
  if (level === "info") peprLog.level = "warn";
  // after that: a child whose level is its parent's shares the parent's methods, and would fall silent with them
  return createLog(peprLog.child({}, { level }));
}

/** Pepr serves /metrics; nopea's own follow its text. */
function openShell(): Shell {
  // where Pepr itself looks for it
  const certificate = process.env.SSL_CERT_PATH ?? "/etc/certs/tls.crt";
  const metrics = createMetrics({ certificate, ofProcess: true });
  const peprs = metricsCollector.getMetrics.bind(metricsCollector);
  metricsCollector.getMetrics = async () => `${await peprs()}\n${await metrics.text()}`;
  return {
    log: openLog(),
    metrics,
    metricsText: () => metricsCollector.getMetrics(),
    life: new AbortController().signal,
  };
}
