/** Reads the regular files of a tar archive that is wholly in memory. */

export interface TarFile {
  readonly path: string;
  readonly content: Buffer;
}

const block = 512;

/** Each regular file in the order of the archive; links, folders and long names are passed over. */
export function* readTar(archive: Buffer): Generator<TarFile> {
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    const path = text(header, 0, 100);
    if (path === "") return;
    const size = parseInt(text(header, 124, 12), 8);
    const type = text(header, 156, 1);
    const start = at + block;
    if (type === "" || type === "0") yield { path, content: archive.subarray(start, start + size) };
    at = start + Math.ceil(size / block) * block;
  }
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end === -1 ? length : end).trim();
}
