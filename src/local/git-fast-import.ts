/** A commit as the input of `git fast-import`: one process however many files. */

/** Path to content; null deletes, a link is a symbolic link. */
export type Files = Readonly<Record<string, Content | null>>;

export type Content = string | Uint8Array | { readonly link: string };

export interface CommitOptions {
  readonly branch?: string;
  readonly message?: string;
  /** Another parent than the branch's head; null: none. The branch is moved there by force. */
  readonly parent?: string | null;
  /** Start from an empty tree instead of the parent's. */
  readonly replace?: boolean;
}

/** The whole stream for one commit. */
export function fastImportStream(
  files: Files,
  options: CommitOptions & { readonly branch: string; readonly parent: string | null },
): Buffer {
  const message = options.message ?? "Change manifests";
  const seconds = Math.floor(Date.now() / 1_000);
  const head = [
    ...(options.parent === null ? [`reset refs/heads/${options.branch}`] : []),
    `commit refs/heads/${options.branch}`,
    `committer Local <local@localhost> ${seconds} +0000`,
    `data ${Buffer.byteLength(message)}`,
    message,
    ...(options.parent === null ? [] : [`from ${options.parent}`]),
    ...(options.replace === true ? ["deleteall"] : []),
  ];
  const changes = Object.entries(files).flatMap(([path, content]) => changeOf(path, content));
  return Buffer.concat([Buffer.from(`${head.join("\n")}\n`), ...changes, Buffer.from("\n")]);
}

function changeOf(path: string, content: Content | null): Uint8Array[] {
  const quoted = `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
  if (content === null) return [Buffer.from(`D ${quoted}\n`)];
  const isLink = typeof content === "object" && "link" in content;
  const bytes = Buffer.from(isLink ? content.link : content);
  const head = `M ${isLink ? "120000" : "100644"} inline ${quoted}\ndata ${bytes.length}\n`;
  return [Buffer.from(head), bytes, Buffer.from("\n")];
}
