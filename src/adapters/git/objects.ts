/** The objects of one commit: from what is known already, and what is missing from the server, as little as it can send. */
import { NopeaError } from "../../model/errors";
import type { Conversation } from "./conversation";
import { damaged } from "./inflate";
import type { GitLimits } from "./limits";
import type { Shelf } from "./object-store";
import { openPack, type Pack, type PackedObject } from "./pack";
import type { ObjectKind } from "./pack-header";
import type { PackOrder, PackReading } from "./pack-order";
import type { Pacer } from "./pacer";
import { parseTree, type TreeEntry, type TreeReader } from "./tree";

export interface Objects extends TreeReader {
  commit(oid: string): Buffer;
  /** Fetches the commit and its folders, if it is not known. */
  loadCommit(oid: string): Promise<void>;
  /** Fetches what of these is not known. */
  load(oids: readonly string[]): Promise<void>;
  /** Does work that reads; what it misses is fetched, and the work done again. */
  settle<T>(work: () => T): Promise<T>;
}

export interface ObjectsOptions {
  readonly conversation: Conversation;
  readonly shelf: Shelf;
  readonly limits: GitLimits;
  readonly pacer: Pacer;
  readonly reading: PackReading;
}

/** Thrown by readers for what is neither known nor in a pack of this fetch. */
class Missing extends Error {
  readonly oid: string;
  constructor(oid: string) {
    super(`object ${oid} is missing`);
    this.oid = oid;
  }
}

/** Each round fetches one folder with everything below it, or one file that a link leads to. */
const ROUNDS = 200;
/** Proxies take about 1 MB in one request by default; a want has 50 bytes. */
const WANTS = 8_000;

export function createObjects(options: ObjectsOptions): Objects {
  const { shelf } = options;
  const packs: Pack[] = [];
  const trees = new Map<string, readonly TreeEntry[]>([[EMPTY_TREE, []]]);
  let tip = "";

  const packOf = (oid: string) => packs.find(pack => pack.bytes(oid) !== undefined);
  const isKnown = (oid: string) => shelf.get(oid) !== undefined || packOf(oid) !== undefined;

  function read(oid: string, kind: ObjectKind): Buffer {
    const object = shelf.get(oid) ?? unpack(oid, kind);
    if (object.kind !== kind) throw damaged(`object ${oid} is no ${kind}`);
    return object.data;
  }

  function unpack(oid: string, kind: ObjectKind): PackedObject {
    const pack = packOf(oid);
    if (pack === undefined) throw new Missing(oid);
    const object = { kind, data: pack.read(oid, kind) };
    shelf.put(oid, object);
    return object;
  }

  async function order(asked: PackOrder): Promise<void> {
    const { conversation, limits, pacer, reading } = options;
    const bytes = await conversation.pack(asked, reading);
    packs.push(await openPack(bytes, limits, pacer));
  }

  async function loadCommit(oid: string): Promise<void> {
    tip = oid;
    if (isKnown(oid)) return;
    const withoutBlobs = await options.conversation.isPartial();
    await order({ what: "commit", wants: [oid], haves: shelf.commits(), withoutBlobs });
    read(oid, "commit");
    shelf.addCommit(oid);
  }

  async function load(oids: readonly string[]): Promise<void> {
    const missing = [...new Set(oids)].filter(oid => !isKnown(oid));
    for (let at = 0; at < missing.length; at += WANTS) {
      await loadSome(missing.slice(at, at + WANTS));
    }
  }

  /** A server that does not give objects by their names is asked for the whole commit. */
  async function loadSome(wants: readonly string[]): Promise<void> {
    try {
      await order({ what: "objects", wants, haves: [], withoutBlobs: true });
    } catch (error) {
      if (!(error instanceof NopeaError) || error.code !== "git-commit-not-found") throw error;
      await order({ what: "commit", wants: [tip], haves: [], withoutBlobs: false });
    }
    const still = wants.find(oid => !isKnown(oid));
    if (still !== undefined) throw damaged(`object ${still} is missing`);
  }

  return {
    commit: oid => read(oid, "commit"),
    tree: oid => {
      const entries = trees.get(oid) ?? parseTree(read(oid, "tree"));
      trees.set(oid, entries);
      return entries;
    },
    blob: oid => read(oid, "blob"),
    bytes: oid => {
      const bytes = shelf.get(oid)?.data.length ?? packOf(oid)?.bytes(oid);
      if (bytes === undefined) throw new Missing(oid);
      return bytes;
    },
    loadCommit,
    load,
    settle: async work => {
      for (let round = 0; round < ROUNDS; round++) {
        try {
          return work();
        } catch (error) {
          if (!(error instanceof Missing)) throw error;
          await load([error.oid]);
        }
      }
      throw new NopeaError("git-too-large", `the directory needs more than ${ROUNDS} requests`);
    },
  };
}

/** It need not be sent: everybody knows it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
