/** Tells what happened as Kubernetes Events. */
import { kubeEventsOf, type EventTools } from "../core/tell/kube-events";
import type { Tell } from "../model/happening";
import type { KubeEvents } from "../ports";

/** Returns at once: they are written in the background. */
export function tellEvents(events: KubeEvents, tools: EventTools): Tell {
  return (happening, about, at) => {
    for (const event of kubeEventsOf(happening, about, at, tools)) events.record(event);
  };
}
