/** The objects of one commit: from what is known already, and what is missing from the server, as little as it can send. */
import { NopeaError, type ErrorCode } from "../../model/errors";
import type { Conversation } from "./conversation";
import { RefusedByGit } from "./failures";
import { damaged } from "./inflate";
import type { GitLimits } from "./limits";
import { createObjectReader, Missing, type ObjectReader } from "./object-reader";
import type { Shelf } from "./object-store";
import { openPack } from "./pack";
import type { FileFilter, PackOrder, PackReading } from "./pack-order";
import type { Pacer } from "./pacer";

export interface Objects {
  readonly reader: ObjectReader;
  /** Fetches the commit and its folders, if it is not known; small files along with it where most of them are wanted. */
  loadCommit(oid: string, wish: CommitWish): Promise<void>;
  /** Fetches what of these is not known. */
  load(oids: readonly string[]): Promise<void>;
  /** Does work that reads; what it misses is fetched, and the work done again. */
  settle<T>(work: () => T): Promise<T>;
}

export interface CommitWish {
  /** All files of it are wanted. */
  readonly isWhole: boolean;
}

export interface ObjectsOptions {
  readonly conversation: Conversation;
  readonly shelf: Shelf;
  readonly limits: GitLimits;
  readonly pacer: Pacer;
  readonly reading: PackReading;
}

/** Each round fetches one folder with everything below it, or one file that a link leads to. */
const ROUNDS = 200;
/** Proxies take about 1 MB in one request by default; a want has 50 bytes. */
const WANTS = 8_000;

/** For one fetch. */
export function createObjects(options: ObjectsOptions): Objects {
  const { shelf, limits } = options;
  const reader = createObjectReader(shelf, limits.entries);
  const order = createOrders(options, reader);
  let tip = "";
  let missedFolders = 0;

  async function loadCommit(oid: string, { isWhole }: CommitWish): Promise<void> {
    tip = oid;
    if (reader.isKnown(oid)) return;
    const haves = shelf.commits();
    // of a known repository only what is new is sent
    if (isWhole || haves.length > 0) await order.commitAlong(oid, haves);
    else await order.commit(oid, "none");
    // told as a difference to a commit that we had, and lost
    if (!reader.isKnown(oid) && haves.length > 0) await order.commit(oid, "none");
    if (!reader.isKnown(oid)) throw damaged(`commit ${oid} is missing`);
    reader.commit(oid);
    shelf.addCommit(oid);
  }

  async function load(oids: readonly string[]): Promise<void> {
    const missing = [...new Set(oids)].filter(oid => !reader.isKnown(oid));
    for (let at = 0; at < missing.length; at += WANTS) {
      await order.objects(missing.slice(at, at + WANTS), tip);
    }
  }

  /** One folder is fetched with all that is below it; where a second one is missing, many are: then all of them. */
  async function loadMissing({ oid, kind }: Missing): Promise<void> {
    if (kind === "tree") missedFolders += 1;
    if (kind === "tree" && missedFolders === 2) {
      await order.commit(tip, "none");
    }
    await load([oid]);
  }

  return { reader, loadCommit, load, settle: work => settle(work, loadMissing) };
}

type Along = "all" | "too much" | "refused" | "not asked for";

/** What is sent goes to the reader. */
function createOrders(options: ObjectsOptions, reader: ObjectReader) {
  const { conversation, limits, pacer, reading } = options;

  async function order(asked: PackOrder, maxBytes = reading.maxBytes): Promise<void> {
    const bytes = await conversation.pack(asked, { ...reading, maxBytes });
    reader.add(await openPack(bytes, { limits, pacer, outside: oid => reader.hold(oid) }));
  }

  const commit = (oid: string, files: FileFilter, haves: readonly string[] = []) =>
    order({ what: "commit", wants: [oid], haves, files });

  /** The commit with its small files: one request less than without, unless that is too much, or refused. */
  async function along(oid: string, haves: readonly string[]): Promise<Along> {
    if (!(await conversation.canFilter("small"))) return "not asked for";
    try {
      await order({ what: "commit", wants: [oid], haves, files: "small" }, limits.alongBytes);
      return "all";
    } catch (error) {
      if (isError(error, "git-too-large")) return "too much";
      if (!(error instanceof RefusedByGit) || isError(error, "git-commit-not-found")) throw error;
      return "refused";
    }
  }

  /** As much of it in one request as the server gives: the rest is asked for by its names. */
  async function commitAlong(oid: string, haves: readonly string[]): Promise<void> {
    const came = await along(oid, haves);
    if (came === "all") return;
    await commit(oid, "none", haves);
    // only now it is clear that it was the filter
    if (came === "refused") conversation.forgoLimit();
  }

  /** A server that does not give objects by their names is asked for the whole commit. */
  async function objects(wants: readonly string[], tip: string): Promise<void> {
    try {
      await order({ what: "objects", wants, haves: [], files: "none" });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await commit(tip, "all");
    }
    const still = wants.find(oid => !reader.isKnown(oid));
    if (still !== undefined) throw damaged(`object ${still} is missing`);
  }

  return { commit, commitAlong, objects };
}

function isRefusal(error: unknown): boolean {
  return isError(error, "git-commit-not-found") || isError(error, "git-protocol");
}

function isError(error: unknown, code: ErrorCode): boolean {
  return error instanceof NopeaError && error.code === code;
}

async function settle<T>(work: () => T, load: (missing: Missing) => Promise<void>): Promise<T> {
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = attempt(work);
    if (!(outcome instanceof Missing)) return outcome;
    await load(outcome);
  }
  throw new NopeaError("git-too-large", `the directory needs more than ${ROUNDS} requests`);
}

function attempt<T>(work: () => T): T | Missing {
  try {
    return work();
  } catch (error) {
    if (error instanceof Missing) return error;
    throw error;
  }
}
