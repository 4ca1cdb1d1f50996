/** Where the time of an admission request goes, as the process itself measures it. */
import { Agent, request } from "undici";

export interface HookTimes {
  /** Milliseconds of a request on average: all of Pepr's work on it, and nopea's part of that. */
  readonly pepr: number;
  readonly nopea: number;
}

/** Of the mutating hook, since the process was started; NaN where it was not asked yet. */
export async function hookTimes(port: number): Promise<HookTimes> {
  // Pepr's certificate is for the API server
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const answer = await request(`https://127.0.0.1:${port}/metrics`, { dispatcher });
    const text = await answer.body.text();
    const value = (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? NaN);
    const hook = "nopea_hook_duration_seconds";
    const ofMutate = '\\{hook="mutate"\\}';
    return {
      pepr: value("pepr_mutate_sum") / value("pepr_mutate_count"),
      nopea: (1000 * value(`${hook}_sum${ofMutate}`)) / value(`${hook}_count${ofMutate}`),
    };
  } finally {
    await dispatcher.close();
  }
}
