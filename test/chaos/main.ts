/** `npm run test:chaos`: rounds of deeds and faults, each judged by an oracle; `-- --seed N --round NAME` plays one again. */
import { parseArgs } from "node:util";
import { randomFrom } from "../support/random";
import { play, type PlayOptions } from "./play";
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
  return Math.min(Number(process.env.NOPEA_CHAOS_MINUTES ?? 18), LONGEST_MINUTES);
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
  const counts = { passed: 0, failed: 0, "not played": 0 };
  try {
    await meetHooks(surroundings, declared);
    for (const plan of plans) {
      counts[await playInTime({ plan, seed, surroundings, declared }, deadline)]++;
    }
  } finally {
    await surroundings.stop();
    clearTimeout(late);
  }
  const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(said.join(", "));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

async function playInTime(given: PlayOptions, deadline: number) {
  if (Date.now() < deadline) {
    const isGood = await playOne(given);
    return (await isAlive(given)) && isGood ? "passed" : "failed";
  }
  console.log(`- ${given.plan.name}: not played, the time is over`);
  return "not played";
}

/** A process that has ended by itself is a failure; the next round gets a new one. */
async function isAlive({ surroundings: { nopea } }: PlayOptions): Promise<boolean> {
  const dead = [nopea.watcher, nopea.admission].filter(one => !one.running());
  for (const one of dead) {
    console.log(`    ended by itself: ${one.name}\n${await one.tail(12)}`);
    await one.start();
  }
  return dead.length === 0;
}

async function playOne(given: PlayOptions): Promise<boolean> {
  const { plan, seed } = given;
  try {
    const { violations, line, evidence } = await play(given);
    const isGood = violations.length === 0;
    console.log(`${isGood ? "✓" : "✗"} ${plan.name}: ${line}`);
    for (const { sort, what } of violations) console.log(`    ${sort}: ${what}`);
    if (evidence !== undefined) console.log(`    evidence: ${evidence}`);
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
