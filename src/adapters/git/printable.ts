/** Text of strangers made fit for a message: one line, no control characters, no credentials, not long. */

/** A short piece of what a server said. */
export function excerpt(text: string, length = 160): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** A URL without user name, password, query and fragment. */
export function printUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** The path of a file, quoted when it holds anything that would blur where it ends. */
export function printPath(path: string): string {
  return /^[\p{L}\p{N}._/@+-]+$/u.test(path) ? path : JSON.stringify(path);
}
