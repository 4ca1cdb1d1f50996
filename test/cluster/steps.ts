/** Steps with names and times; the first that fails ends the run. */
let passed = 0;
let skipped = 0;

/** Runs a step and says how it went. */
export function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  return timed(what, work, () => "");
}

/** The same, and what the step found. */
export async function measured(what: string, work: () => Promise<string>): Promise<void> {
  await timed(what, work, figure => `: ${figure}`);
}

async function timed<T>(
  what: string,
  work: () => Promise<T>,
  tell: (result: T) => string,
): Promise<T> {
  const started = Date.now();
  try {
    const result = await work();
    passed++;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`ok      ${what}${tell(result)} (${seconds} s)`);
    return result;
  } catch (error) {
    console.log(`failed  ${what}`);
    throw error;
  }
}

/** A part that cannot be run here, and why. */
export function skip(what: string, why: string): void {
  skipped++;
  console.log(`skipped ${what}: ${why}`);
}

/** The closing line. */
export function closing(failed: number): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
