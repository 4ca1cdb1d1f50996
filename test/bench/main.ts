/** `npm run bench`: what nopea costs, measured on a control plane of its own; `-- --quick` only shows that it runs. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createFigures, type Figure } from "./figures";
import { describeMachine, loadNow, machineLine, type Machine } from "./machine";
import type { Part } from "./part";
import { admission } from "./parts/admission";
import { admissionMemory } from "./parts/admission-memory";
import { git } from "./parts/git";
import { healing } from "./parts/healing";
import { idle } from "./parts/idle";
import { many } from "./parts/many";
import { memory } from "./parts/memory";
import { restart } from "./parts/restart";
import { sync } from "./parts/sync";
import { figuresTable, goalsTable, rowsOf } from "./report";
import { startWorld } from "./world";

/** In the order of the goals' table. */
const PARTS: readonly Part[] = [
  healing,
  sync,
  idle,
  restart,
  memory,
  many,
  git,
  admission,
  admissionMemory,
];

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    json: { type: "string" },
    markdown: { type: "string" },
    /** Names of parts, with commas between them. */
    only: { type: "string" },
  },
});

const say = (line: string) => {
  console.error(line);
};

async function main(): Promise<void> {
  const parts = wantedParts();
  const world = await startWorld(say);
  const bench = {
    ...world,
    objects: options.quick ? 100 : 1000,
    isQuick: options.quick,
    runs: options.quick ? 1 : Number(options.runs),
    say,
  };
  try {
    const machine = await describeMachine(world.controlPlane, world.kube);
    const loads = [loadNow()];
    const results: Result[] = [];
    for (const part of parts) {
      const { add, all } = createFigures();
      await part.measure(bench, add);
      loads.push(loadNow());
      results.push({ part, figures: all() });
      await report({ machine, loads, results });
    }
    console.log(textOf({ machine, loads, results }));
  } finally {
    await world.stop();
  }
}

function wantedParts(): readonly Part[] {
  const wanted = options.only?.split(",");
  const unknown = wanted?.filter(name => !PARTS.some(part => part.name === name)) ?? [];
  const names = PARTS.map(({ name }) => name).join(", ");
  if (unknown.length > 0) throw new Error(`no part is named ${unknown.join(", ")}; ${names} are`);
  return PARTS.filter(({ name }) => wanted?.includes(name) ?? true);
}

interface Result {
  readonly part: Part;
  readonly figures: readonly Figure[];
}

interface Results {
  readonly machine: Machine;
  /** When the benchmark began, and after each part. */
  readonly loads: readonly number[];
  readonly results: readonly Result[];
}

const rowsOfAll = ({ results }: Results) =>
  results.flatMap(({ part, figures }) => rowsOf(part.goals, figures));

/** After each part: what breaks later takes nothing away. */
async function report(results: Results): Promise<void> {
  const { machine, loads } = results;
  const goals = rowsOfAll(results);
  const figures = Object.fromEntries(
    results.results.map(({ part, figures }) => [part.name, figures]),
  );
  const all = { machine, loads, quick: options.quick, goals, figures };
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  if (options.markdown !== undefined) await writeFile(options.markdown, goalsText(results));
}

function goalsText(results: Results): string {
  const note = options.quick ? "A tenth of everything, once: it only shows that it runs.\n\n" : "";
  const line = machineLine(results.machine, results.loads);
  return `${note}${line}\n\n${goalsTable(rowsOfAll(results))}\n`;
}

function textOf(results: Results): string {
  const parts = results.results.map(
    ({ part, figures }) => `\n### ${part.name}\n\n${figuresTable(figures)}\n`,
  );
  return [goalsText(results), ...parts].join("");
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
