/** The objects of a pack by their names. */
import { applyDelta } from "./delta";
import { damaged, inflateAt } from "./inflate";
import { createByteCache } from "./byte-cache";
import type { GitLimits } from "./limits";
import type { Pacer } from "./pacer";
import type { ObjectKind } from "./pack-header";
import { hashOf, scanPack, type PackEntry } from "./pack-scan";

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
}

const CACHE_BYTES = 16 * 2 ** 20;
const CHAIN_BYTES = 256 * 2 ** 20;

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

// A delta may stand before the object that its base's name means: go round until nothing new is found.
async function nameDeltas(
  index: Index,
  entries: readonly PackEntry[],
  pacer: Pacer,
): Promise<void> {
  let waiting = entries.filter(entry => entry.oid === undefined);
  for (let before = Infinity; waiting.length < before; ) {
    before = waiting.length;
    waiting = await nameSome(index, waiting, pacer);
  }
}

async function nameSome(
  index: Index,
  deltas: readonly PackEntry[],
  pacer: Pacer,
): Promise<PackEntry[]> {
  const left: PackEntry[] = [];
  for (const entry of deltas) {
    if (!nameDelta(index, entry)) left.push(entry);
    if (pacer.due()) await pacer.rest();
  }
  return left;
}

function nameDelta(index: Index, entry: PackEntry): boolean {
  const object = resolve(index, entry);
  if (object === undefined) return false;
  entry.oid = hashOf(object.kind, object.data.length).update(object.data).digest("hex");
  index.byName.set(entry.oid, entry);
  return true;
}

function readEntry(index: Index, oid: string): PackedObject {
  const entry = index.byName.get(oid);
  const object = entry && resolve(index, entry);
  if (object === undefined) throw damaged(`object ${oid} is missing or too large`);
  return object;
}

// undefined: some base is not known (yet), or something on the way is too large to be held.
function resolve(index: Index, entry: PackEntry): PackedObject | undefined {
  const chain = chainOf(index, entry);
  if (chain === undefined) return undefined;
  let object = chain.root;
  for (const delta of chain.deltas.reverse()) {
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
function chainOf(index: Index, entry: PackEntry): Chain | undefined {
  const deltas: PackEntry[] = [];
  let bytes = 0;
  for (let next: PackEntry | undefined = entry; next !== undefined; ) {
    if (Math.max(next.objectBytes, next.bytes) > index.limits.objectBytes) return undefined;
    bytes += next.objectBytes;
    if (bytes > CHAIN_BYTES) return undefined;
    const whole = index.cache.get(next.at) ?? unpackWhole(index, next);
    if (whole !== undefined) return { root: whole, deltas };
    deltas.push(next);
    const base = baseOf(index, next);
    const outside = base === undefined ? outsideBase(index, next) : undefined;
    if (outside !== undefined) return { root: outside, deltas };
    next = base;
  }
  return undefined;
}

// A thin pack leaves out bases that the server thinks we have.
function outsideBase({ outside }: Index, { base }: PackEntry): PackedObject | undefined {
  return typeof base === "string" ? outside(base) : undefined;
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
