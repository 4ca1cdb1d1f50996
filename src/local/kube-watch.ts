/** Reads the events of a Kubernetes watch: one JSON document a line. */
import type { WatchEvent } from "./kube-types";

/** Calls back for each event; returns when the stream ends. */
export async function readWatch(
  body: AsyncIterable<Buffer>,
  onEvent: (event: WatchEvent) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onEvent(JSON.parse(line) as WatchEvent);
  }
}

/** Does the work; being aborted is a way to end, not an error. */
export async function untilAborted(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
  }
}
