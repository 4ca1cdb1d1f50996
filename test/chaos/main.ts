/** `npm run test:chaos`: rounds of deeds and faults, each judged by an oracle; `-- --seed N --round NAME` plays one again. */
import { parseArgs } from "node:util";
import { randomFrom } from "../support/random";
import { play } from "./play";
import { rounds, type RoundPlan } from "./rounds";
import { startSurroundings } from "./surroundings";
import { meetHooks } from "./anchor";

const { values: options } = parseArgs({
  options: { seed: { type: "string" }, round: { type: "string", multiple: true } },
});

const LONGEST_MINUTES = 20;

function seedOf(): number {
  return Number(options.seed ?? process.env.NOPEA_CHAOS_SEED ?? Date.now() % 1_000_000);
}

function minutes(): number {
  return Math.min(Number(process.env.NOPEA_CHAOS_MINUTES ?? 15), LONGEST_MINUTES);
}

function chosen(): readonly RoundPlan[] {
  const { round: names } = options;
  if (names === undefined) return rounds;
  return names.map(name => {
    const found = rounds.find(round => round.name === name);
    if (found !== undefined) return found;
    throw new Error(`no round ${name}: ${rounds.map(round => round.name).join(", ")}`);
  });
}

async function main(): Promise<void> {
  const seed = seedOf();
  const deadline = Date.now() + minutes() * 60_000;
  console.log(`seed ${seed}`);
  const plans = chosen();
  const late = setTimeout(() => giveUp(seed), LONGEST_MINUTES * 60_000);
  const surroundings = await startSurroundings(console.log, randomFrom(seed));
  const declared = new Set<string>();
  let passed = 0;
  let failed = 0;
  try {
    await meetHooks(surroundings, declared);
    for (const plan of plans) {
      if (Date.now() > deadline) {
        console.log(`- ${plan.name}: not played, the time is over`);
        continue;
      }
      if (await playOne({ plan, seed, surroundings, declared })) passed++;
      else failed++;
    }
  } finally {
    await surroundings.stop();
    clearTimeout(late);
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

async function playOne(given: Parameters<typeof play>[0]): Promise<boolean> {
  const { plan, seed } = given;
  try {
    const { violations, line } = await play(given);
    const isGood = violations.length === 0;
    console.log(`${isGood ? "✓" : "✗"} ${plan.name}: ${line}`);
    for (const { sort, what } of violations) console.log(`    ${sort}: ${what}`);
    if (!isGood)
      console.log(`    again: npm run test:chaos -- --seed ${seed} --round ${plan.name}`);
    return isGood;
  } catch (error) {
    console.log(`✗ ${plan.name}: ${error instanceof Error ? String(error.stack) : String(error)}`);
    return false;
  }
}

/** What was started ends with this process. */
function giveUp(seed: number): never {
  console.log(`seed ${seed}: not done within ${LONGEST_MINUTES} minutes`);
  process.exit(1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
