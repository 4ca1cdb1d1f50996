/** Where the time of an admission request goes, as the process itself measures it. */
import { Agent, request } from "undici";

/**
 * Milliseconds of nopea's part of a request to the mutating hook, on average since the process was started; NaN where it
 * was not asked yet. Pepr 1.1.4 observes its own part under a name that it does not register ("Mutate").
 */
export async function hookTime(port: number): Promise<number> {
  // Pepr's certificate is for the API server
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const answer = await request(`https://127.0.0.1:${port}/metrics`, { dispatcher });
    const text = await answer.body.text();
    const value = (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? NaN);
    const hook = "nopea_hook_duration_seconds";
    const ofMutate = '\\{hook="mutate"\\}';
    return (1000 * value(`${hook}_sum${ofMutate}`)) / value(`${hook}_count${ofMutate}`);
  } finally {
    await dispatcher.close();
  }
}
