/** Lists a collection of the API server in pages, as it was at one moment. */
import { NopeaError } from "../../model/errors";
import { isList, isObject, type Json, type JsonObject } from "../../model/json";
import type { KindInfo } from "../../model/manifest";
import type { Kube, KubeAnswer } from "./client";
import { failUnlessFound } from "./faults";
import { collectionPath } from "./paths";

/** Objects of a kind, all of them (namespace "") or those of one namespace, by label or not. */
export interface Collection {
  readonly kind: KindInfo;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly accept?: string;
}

export interface Listed {
  readonly items: readonly Json[];
  /** The moment: a watch that begins here misses nothing. */
  readonly resourceVersion: string;
}

const PAGE = 1000;

/** Everything in the collection; undefined where its kind is not served (404). */
export async function listAll(
  kube: Kube,
  of: Collection,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  const path = collectionPath(of.kind, of.namespace);
  const items: Json[] = [];
  let at = { limit: PAGE, next: "" };
  for (;;) {
    const { limit, answer } = await page(kube, of, at, signal);
    // the continue token is too old, begin again
    if (answer.status === 410 && at.next !== "") return listAll(kube, of, signal);
    if (!failUnlessFound(answer, path)) return undefined;
    if (isList(answer.body.items)) items.push(...answer.body.items);
    const next = textOf(answer.body, "continue");
    if (next === "") return { items, resourceVersion: textOf(answer.body, "resourceVersion") };
    at = { limit, next };
  }
}

/** The selector of everything that carries these labels. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

/** One page, and how many objects it was asked for: large ones do not fit into one answer by the thousand. */
async function page(
  kube: Kube,
  of: Collection,
  { limit, next }: { readonly limit: number; readonly next: string },
  signal: AbortSignal,
): Promise<{ readonly limit: number; readonly answer: KubeAnswer }> {
  const { kind, namespace, labelSelector, accept } = of;
  const query = { labelSelector, limit: String(limit), continue: next };
  try {
    const answer = await kube({
      path: collectionPath(kind, namespace),
      query,
      ...(accept === undefined ? {} : { accept }),
      signal,
    });
    return { limit, answer };
  } catch (error) {
    if (limit < 10 || !isTooLarge(error)) throw error;
    return page(kube, of, { limit: limit / 10, next }, signal);
  }
}

function isTooLarge(error: unknown): boolean {
  const cause = error instanceof NopeaError ? error.cause : undefined;
  return (
    cause instanceof Error && "code" in cause && cause.code === "UND_ERR_RES_EXCEEDED_MAX_SIZE"
  );
}

function textOf({ metadata }: JsonObject, name: string): string {
  const text = isObject(metadata) ? metadata[name] : undefined;
  return typeof text === "string" ? text : "";
}
