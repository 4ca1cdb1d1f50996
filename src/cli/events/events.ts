/** `nopea events`: what nopea does, as it happens. */
import { collectionPath } from "../../adapters/kube/paths";
import { watch } from "../../adapters/kube/watch";
import { serverMessage } from "../../adapters/kube/faults";
import type { KindInfo } from "../../model/manifest";
import { EVENT_REPORTER } from "../../model/kube-event";
import type { JsonObject } from "../../model/json";
import { part, parts, text } from "../api/fields";
import { CommandError, type Context } from "../context";
import type { Write } from "../run";
import { readEvent, type ShownEvent } from "./event";
import { lineOf, valueOf } from "./line";
import { createTail, type Tail } from "./tail";

export interface EventsOptions {
  /** Absent: of all of them. */
  readonly repository?: string | undefined;
  /** How many of those that have been are shown first. */
  readonly tail: number;
  readonly follow: boolean;
}

/** The latest, and then what comes until Ctrl-C. */
export async function events(
  context: Context,
  { repository, tail, follow }: EventsOptions,
  write: Write,
): Promise<void> {
  const isWanted = (event: ShownEvent) =>
    repository === undefined || event.repository === repository;
  const told = createTail(event => write(lineOf(event, context), valueOf(event)));
  const first = await list(context);
  told.all(first.events.filter(isWanted), tail);
  if (follow) await goOn(context, { told, isWanted, from: first.resourceVersion });
  told.end();
}

interface Following {
  readonly told: Tail;
  readonly isWanted: (event: ShownEvent) => boolean;
  readonly from: string;
}

/** So often in a row a connection may fail. */
const MOST_FAILURES = 5;

async function goOn(context: Context, { told, isWanted, from }: Following): Promise<void> {
  const over = new AbortController();
  let failures = 0;
  let failure: unknown;
  let begun = false;
  const watched = {
    path: pathOf(context),
    query: SELECTION,
    begin: async () => {
      if (!begun) {
        begun = true;
        return from;
      }
      const { events, resourceVersion } = await list(context);
      told.all(events.filter(isWanted), Infinity);
      return resourceVersion;
    },
    event: ({ type, object }: { readonly type: string; readonly object: JsonObject }) => {
      const event = type === "DELETED" ? undefined : readEvent(object);
      if (event !== undefined && isWanted(event)) told.one(event);
    },
    connected: (now: boolean) => {
      if (now) failures = 0;
    },
    trouble: (error: unknown) => {
      failure = error;
      if (++failures >= MOST_FAILURES) over.abort();
    },
  };
  await watch(context.stream, watched, AbortSignal.any([context.signal, over.signal]));
  if (over.signal.aborted) throw failure;
}

/** The ClusterRole `view` of every Kubernetes has them; those of events.k8s.io it has not always had (1.24). */
const EVENTS: KindInfo = {
  apiVersion: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};
const SELECTION = { fieldSelector: `reportingComponent=${EVENT_REPORTER}` };
const PAGE = "500";

interface Listed {
  readonly events: readonly ShownEvent[];
  readonly resourceVersion: string;
}

async function list(context: Context): Promise<Listed> {
  const path = pathOf(context);
  const events: ShownEvent[] = [];
  let next = "";
  for (;;) {
    const query = { ...SELECTION, limit: PAGE, ...(next === "" ? {} : { continue: next }) };
    const { status, body } = await context.kube({ path, query, signal: context.signal });
    if (status === 410 && next !== "") return list(context);
    if (status >= 300) throw refused(context, status, serverMessage(body));
    events.push(...parts(body, "items").flatMap(event => readEvent(event) ?? []));
    next = text(part(body, "metadata"), "continue");
    const resourceVersion = text(part(body, "metadata"), "resourceVersion");
    if (next === "") return { events, resourceVersion };
  }
}

function refused({ server }: Context, status: number, message: string): CommandError {
  const why = message === "" ? "" : `: ${message}`;
  return new CommandError(
    `The Events cannot be read: ${server} answered ${status}${why}.\nCheck the kubeconfig, or ask for the right to list and watch events.`,
  );
}

function pathOf({ namespace, allNamespaces }: Context): string {
  return collectionPath(EVENTS, allNamespaces ? "" : namespace);
}
