/** The objects of a pack by their names. */
import { applyDelta } from "./delta";
import { damaged, inflateAt } from "./inflate";
import { createByteCache } from "./byte-cache";
import type { GitLimits } from "./limits";
import type { Pacer } from "./pacer";
import type { ObjectKind } from "./pack-header";
import { hashOf, scanPack, unpacksTooFar, type PackEntry } from "./pack-scan";

export interface Pack {
  /** Bytes of an object, without unpacking it; undefined: the pack does not hold it. */
  bytes(oid: string): number | undefined;
  /** The content of an object of this kind. */
  read(oid: string, kind: ObjectKind): Buffer;
}

export interface PackedObject {
  readonly kind: ObjectKind;
  readonly data: Buffer;
}

interface Index {
  readonly pack: Buffer;
  readonly limits: GitLimits;
  readonly outside: PackOpening["outside"];
  readonly byPlace: Map<number, PackEntry>;
  readonly byName: Map<string, PackEntry>;
  readonly cache: {
    get(at: number): PackedObject | undefined;
    set(at: number, o: PackedObject): void;
  };
  /** Bytes that were made of deltas so far. */
  made: number;
}

const CACHE_BYTES = 16 * 2 ** 20;
const CHAIN_BYTES = 256 * 2 ** 20;
/** As long as Git makes them. */
const CHAIN_LENGTH = 4_095;

export interface PackOpening {
  readonly limits: GitLimits;
  readonly pacer: Pacer;
  /** Objects that are not in the pack, and may be bases in it. */
  readonly outside: (oid: string) => PackedObject | undefined;
}

/** Reads the pack once, so that every object has its name, but those whose bases are not to be had. */
export async function openPack(pack: Buffer, opening: PackOpening): Promise<Pack> {
  const { limits, pacer, outside } = opening;
  const entries = await scanPack(pack, limits, pacer);
  const index: Index = {
    pack,
    limits,
    outside,
    byPlace: new Map(entries.map(entry => [entry.at, entry])),
    byName: new Map(),
    cache: createByteCache(CACHE_BYTES),
    made: 0,
  };
  for (const entry of entries) if (entry.oid !== undefined) index.byName.set(entry.oid, entry);
  await nameDeltas(index, entries, pacer);
  return {
    bytes: oid => index.byName.get(oid)?.objectBytes,
    read: (oid, kind) => {
      const object = readEntry(index, oid);
      if (object.kind !== kind) throw damaged(`object ${oid} is no ${kind}`);
      return object.data;
    },
  };
}

// A delta may stand before the object that its base's name means: it waits for that name.
async function nameDeltas(
  index: Index,
  entries: readonly PackEntry[],
  pacer: Pacer,
): Promise<void> {
  const waiting = new Map<string, PackEntry[]>();
  const queue = entries.filter(entry => entry.oid === undefined).reverse();
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const name = nameDelta(index, entry, waiting);
    // one by one: as arguments of one call, very many would be too many
    for (const other of waiting.get(name ?? "") ?? []) queue.push(other);
    waiting.delete(name ?? "");
    if (pacer.due()) await pacer.rest();
  }
}

/** The name that is known now; undefined: it waits, or can't be had at all. */
function nameDelta(
  index: Index,
  entry: PackEntry,
  waiting: Map<string, PackEntry[]>,
): string | undefined {
  const object = resolve(index, entry);
  if (typeof object === "string") {
    const others = waiting.get(object);
    if (others === undefined) waiting.set(object, [entry]);
    else others.push(entry);
    return undefined;
  }
  if (object === undefined) return undefined;
  const oid = hashOf(object.kind, object.data.length).update(object.data).digest("hex");
  entry.oid = oid;
  // the first one stays: a later one of the same name may be made of what is made of it
  if (!index.byName.has(oid)) index.byName.set(oid, entry);
  return oid;
}

function readEntry(index: Index, oid: string): PackedObject {
  const entry = index.byName.get(oid);
  const object = entry && resolve(index, entry);
  if (typeof object === "object") return object;
  throw damaged(`object ${oid} is missing or too large`);
}

// A name: the object waits for it. undefined: something on the way is too large to be held.
function resolve(index: Index, entry: PackEntry): PackedObject | string | undefined {
  const chain = chainOf(index, entry);
  if (typeof chain !== "object") return chain;
  let object = chain.root;
  for (const delta of chain.deltas.reverse()) {
    index.made += delta.bytes + delta.objectBytes;
    if (index.made > index.limits.unpackedBytes) throw unpacksTooFar(index.limits);
    const { data } = inflateAt(index.pack, delta.dataAt, delta.bytes);
    object = { kind: object.kind, data: applyDelta(data, object.data) };
    index.cache.set(delta.at, object);
  }
  return object;
}

interface Chain {
  readonly root: PackedObject;
  readonly deltas: PackEntry[];
}

// The entry, its base, the base's base … down to one that is cached, whole, or known from elsewhere.
function chainOf(index: Index, entry: PackEntry): Chain | string | undefined {
  const deltas: PackEntry[] = [];
  let bytes = 0;
  let next = entry;
  while (deltas.length < CHAIN_LENGTH) {
    if (Math.max(next.objectBytes, next.bytes) > index.limits.objectBytes) return undefined;
    bytes += next.objectBytes;
    if (bytes > CHAIN_BYTES) return undefined;
    const root = index.cache.get(next.at) ?? unpackWhole(index, next);
    if (root !== undefined) return { root, deltas };
    deltas.push(next);
    const base = baseOf(index, next);
    if (base === undefined) return beyondPack(index, next, deltas);
    next = base;
  }
  return undefined;
}

// A thin pack leaves out bases that the server thinks we have.
function beyondPack({ outside }: Index, { base }: PackEntry, deltas: PackEntry[]) {
  if (typeof base !== "string") return undefined;
  const root = outside(base);
  return root === undefined ? base : { root, deltas };
}

function baseOf({ byPlace, byName }: Index, { base }: PackEntry): PackEntry | undefined {
  return typeof base === "string" ? byName.get(base) : byPlace.get(base ?? -1);
}

function unpackWhole(index: Index, entry: PackEntry): PackedObject | undefined {
  if (entry.kind === "delta") return undefined;
  const { data } = inflateAt(index.pack, entry.dataAt, entry.bytes);
  const object = { kind: entry.kind, data };
  index.cache.set(entry.at, object);
  return object;
}
