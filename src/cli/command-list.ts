/** Every command of `nopea`, in the order of the help. */
import { addCompletion } from "./commands/completion";
import { addDiff } from "./commands/diff";
import { addDoctor } from "./commands/doctor";
import { addDrift } from "./commands/drift";
import { addEvents } from "./commands/events";
import { addRender } from "./commands/render";
import { addResume } from "./commands/resume";
import { addStatus } from "./commands/status";
import { addSuspend } from "./commands/suspend";
import { addSync } from "./commands/sync";
import { addUninstall } from "./commands/uninstall";
import type { Adding } from "./program";
import type { LiveFrame } from "./run";

export const COMMANDS: readonly Adding<LiveFrame>[] = [
  addStatus,
  addDrift,
  addEvents,
  addDiff,
  addSync,
  addSuspend,
  addResume,
  addRender,
  addDoctor,
  addUninstall,
  addCompletion,
];
