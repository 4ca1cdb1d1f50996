/** Talks with a Git server about one repository: refs and packs, in the protocol that it speaks. */
import { NopeaError } from "../../model/errors";
import {
  parseRef,
  readAdvertisement,
  readTexts,
  type Advertisement,
  type Ref,
} from "./advertisement";
import type { GitHttp } from "./http";
import {
  readPack,
  writeFetch,
  writeListRefs,
  writeUploadPack,
  type FileFilter,
  type PackOrder,
  type PackReading,
} from "./pack-order";

export interface Conversation {
  /** Refs whose names begin so, and maybe others. */
  refs(prefix: string): Promise<readonly Ref[]>;
  /** Whether files can be left out by this filter, and objects be had by their names. */
  canFilter(files: FileFilter): Promise<boolean>;
  /** The server does not leave out files by their size, although it filters: it is not asked to again. */
  forgoLimit(): void;
  pack(order: PackOrder, reading: PackReading): Promise<Buffer>;
}

/** What is known of servers from earlier conversations. */
export interface Acquaintances {
  /** Bytes of a list of refs at most. */
  readonly refsBytes: number;
  get(): Advertisement | undefined;
  set(advertisement: Advertisement | undefined): void;
}

/** `url` has no slash at its end. */
export function createConversation(
  http: GitHttp,
  url: string,
  acquaintances: Acquaintances,
): Conversation {
  const uploadPack = `${url}/git-upload-pack`;
  const server = createServerMemory(http, url, acquaintances);
  return {
    refs: prefix =>
      server.ask(async known => {
        const current = isForgotten(known) ? await server.discover() : known;
        if (current.version === 0) return current.refs;
        const body = writeListRefs(prefix);
        const answer = await http.request({ url: uploadPack, version: 2, body });
        return readRefs(await readTexts(answer, acquaintances.refsBytes));
      }),
    canFilter: async files => {
      const known = acquaintances.get() ?? (await server.discover());
      if (known.version !== 2 || !known.canFilter) return false;
      return files !== "small" || known.lacksLimit !== true;
    },
    forgoLimit: () => {
      const known = acquaintances.get();
      if (known?.version === 2) acquaintances.set({ ...known, lacksLimit: true });
    },
    pack: (order, reading) =>
      server.ask(async known => {
        const body = writeOrder(order, known);
        const answer = await http.request({ url: uploadPack, version: known.version, body });
        return readPack(answer, reading);
      }),
  };
}

function createServerMemory(http: GitHttp, url: string, acquaintances: Acquaintances) {
  const infoRefs = `${url}/info/refs?service=git-upload-pack`;

  async function discover(): Promise<Advertisement> {
    const answer = await http.request({ url: infoRefs, version: 2 });
    const advertisement = await readAdvertisement(answer, acquaintances.refsBytes);
    // refs are old the next time, and may be many
    acquaintances.set(advertisement.version === 2 ? advertisement : { ...advertisement, refs: [] });
    return advertisement;
  }

  /** A server that is another one than last time, or was upgraded, is asked anew what it can do. */
  async function ask<T>(work: (known: Advertisement) => Promise<T>): Promise<T> {
    const known = acquaintances.get();
    if (known === undefined) return work(await discover());
    try {
      return await work(known);
    } catch (error) {
      if (!(error instanceof NopeaError) || error.code !== "git-protocol") throw error;
      acquaintances.set(undefined);
      return work(await discover());
    }
  }

  return { discover, ask };
}

/** In protocol v0 the refs are part of it; those of last time were not kept. */
function isForgotten(known: Advertisement): boolean {
  return known.version === 0 && known.refs.length === 0;
}

function writeOrder(order: PackOrder, known: Advertisement): Buffer {
  if (known.version === 2) {
    return writeFetch(known.canFilter ? order : { ...order, files: "all" });
  }
  return writeUploadPack(order, known.capabilities);
}

function readRefs(lines: readonly string[]): readonly Ref[] {
  // "unborn" is a branch without a commit
  return lines.filter(line => !line.startsWith("unborn ")).map(parseRef);
}
