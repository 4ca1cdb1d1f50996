/** From the syntax tree of one YAML document to JSON, as sigs.k8s.io/yaml converts: anchors, merge keys, string keys. */
import { type Node, isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Alias, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { type Json, isList, isObject } from "../../model/json";
import { duplicateKey } from "./json-text";
import { MAX_DEPTH, MAX_EXPANSION, MAX_ITEM_DEPTH } from "./limits";
import { formatFloatKey, parseInteger } from "./numbers";
import { type Fault, setMember } from "./reading";
import { explainScalar, explainTag, resolvePlain, resolveTagged } from "./scalars";

interface Anchored {
  value?: Json;
  weight: number;
  height: number;
}

/** The state of one walk over one document. */
export interface Walk {
  readonly base: number;
  readonly offsets: Map<object, number>;
  readonly faults: Fault[];
  readonly anchors: Map<string, Anchored>;
  /** Nodes and characters so far, those that aliases added included, and those alone. */
  weight: number;
  expanded: number;
  deepest: number;
  /** A limit was hit: everything else is skipped. */
  stopped: boolean;
}

/** The value of the root node; faults and offsets are added to those given. `base` is the text's offset in the file. */
export function convertRoot(
  node: unknown,
  base: number,
  faults: Fault[],
  offsets: Map<object, number>,
): Json {
  const walk: Walk = {
    base,
    offsets,
    faults,
    anchors: new Map(),
    weight: 0,
    expanded: 0,
    deepest: 0,
    stopped: false,
  };
  return convert(walk, node, 1);
}

function convert(walk: Walk, node: unknown, depth: number): Json {
  if (walk.stopped || !isNode(node)) return null;
  walk.weight += 1;
  if (!descend(walk, node, depth)) return null;
  if (isAlias(node)) return follow(walk, node, depth);
  const name = (node as Scalar).anchor;
  return name === undefined ? content(walk, node, depth) : anchored(walk, node, name, depth);
}

function content(walk: Walk, node: Node, depth: number): Json {
  if (isScalar(node)) return scalar(walk, node);
  if (isMap(node)) return mapping(walk, node, depth);
  return isSeq(node) ? sequence(walk, node, depth) : null;
}

/** Later anchors of the same name replace it at once, even inside itself, as in go-yaml. */
function anchored(walk: Walk, node: Node, name: string, depth: number): Json {
  const anchor: Anchored = { weight: 0, height: 0 };
  walk.anchors.set(name, anchor);
  const weightBefore = walk.weight;
  const deepestBefore = walk.deepest;
  walk.deepest = depth;
  const value = content(walk, node, depth);
  anchor.weight = walk.weight - weightBefore + 1;
  anchor.height = walk.deepest - depth;
  anchor.value = value;
  walk.deepest = Math.max(walk.deepest, deepestBefore);
  return value;
}

function follow(walk: Walk, alias: Alias, depth: number): Json {
  const anchor = walk.anchors.get(alias.source);
  if (anchor === undefined)
    return fault(walk, alias, "an alias (*) names an anchor (&) that is not set before it");
  if (anchor.value === undefined)
    return fault(walk, alias, "an alias (*) stands inside the value that it names");
  walk.weight += anchor.weight;
  walk.expanded += anchor.weight;
  if (walk.expanded > MAX_EXPANSION) {
    return stop(walk, alias, "aliases (*) blow this document up: write it with fewer of them");
  }
  return descend(walk, alias, depth + anchor.height) ? anchor.value : null;
}

function scalar(walk: Walk, node: Scalar): Json {
  const source = node.source ?? "";
  walk.weight += source.length;
  const value = scalarValue(node, source);
  return value === undefined ? fault(walk, node, explainScalar(node.tag)) : value;
}

function scalarValue(node: Scalar, source: string): Json | undefined {
  if (node.tag !== undefined) return resolveTagged(node.tag, source);
  return node.type === "PLAIN" ? resolvePlain(source) : source;
}

function sequence(walk: Walk, node: YAMLSeq, depth: number): Json {
  checkTag(walk, node, "tag:yaml.org,2002:seq");
  return node.items.map(item => convert(walk, item, depth + 1));
}

function mapping(walk: Walk, node: YAMLMap, depth: number): Json {
  checkTag(walk, node, "tag:yaml.org,2002:map");
  const result: Record<string, Json> = {};
  const merged = new Set<string>();
  if (depth <= MAX_ITEM_DEPTH) walk.offsets.set(result, walk.base + (node.range?.[0] ?? 0));
  for (const pair of node.items) {
    if (isMergeKey(pair.key)) {
      merge(result, merged, convertMerge(walk, pair.value, depth));
      continue;
    }
    const key = keyText(walk, pair.key, depth);
    const isNew = !Object.hasOwn(result, key) || merged.delete(key);
    if (!isNew) fault(walk, pair.key, duplicateKey(key));
    setMember(result, key, convert(walk, pair.value, depth + 1));
  }
  return result;
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.source !== "<<") return false;
  return key.tag === undefined ? key.type === "PLAIN" : key.tag === "tag:yaml.org,2002:merge";
}

/** The maps that a merge key names, the weakest first. */
function convertMerge(walk: Walk, node: unknown, depth: number): readonly Json[] {
  const value = convert(walk, node, isSeq(node) ? depth - 1 : depth);
  const maps = isList(value) && isSeq(node) ? value.toReversed() : [value];
  if (walk.faults.length === 0 && !maps.every(isObject)) {
    fault(walk, node, "a merge key (<<) takes a map, or a list of maps");
  }
  return maps;
}

/** go-yaml's order is the document's: a merge key overrides what stands before it. */
function merge(target: Record<string, Json>, merged: Set<string>, maps: readonly Json[]): void {
  const members = maps.filter(isObject).flatMap(map => Object.entries(map));
  for (const [key, value = null] of members) {
    if (!Object.hasOwn(target, key)) merged.add(key);
    setMember(target, key, value);
  }
}

function keyText(walk: Walk, node: unknown, depth: number): string {
  const value = convert(walk, node, depth);
  if (typeof value === "string") return value;
  if (value === null || typeof value === "object") {
    fault(walk, node, "a key must be a string: quote it, or give it a value on one line");
    return "";
  }
  const isFloat =
    isScalar(node) && typeof value === "number" && parseInteger(node.source ?? "") === undefined;
  return isFloat ? formatFloatKey(value) : value.toString();
}

function checkTag(walk: Walk, node: YAMLMap | YAMLSeq, own: string): void {
  if (node.tag !== undefined && node.tag !== own) fault(walk, node, explainTag(node.tag));
}

function descend(walk: Walk, node: Node, depth: number): boolean {
  walk.deepest = Math.max(walk.deepest, depth);
  if (depth <= MAX_DEPTH) return true;
  stop(walk, node, `the document is nested deeper than ${MAX_DEPTH} levels`);
  return false;
}

function stop(walk: Walk, node: unknown, message: string): null {
  walk.stopped = true;
  return fault(walk, node, message);
}

function fault(walk: Walk, node: unknown, message: string): null {
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  walk.faults.push({ offset: walk.base + offset, message });
  return null;
}
