/** Text that others wrote, as a terminal may get it. */

/** One line without control characters: names, messages and values may hold anything. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");
}

/** The beginning of it, where it is longer. */
export function clip(text: string, longest: number): string {
  const characters = Array.from(oneLine(text));
  return characters.length <= longest
    ? characters.join("")
    : `${characters.slice(0, longest - 1).join("")}…`;
}

/** A commit as people name it: its first seven digits. */
export function shortCommit(commit: string | undefined): string {
  return commit === undefined ? "" : clip(commit, 200).slice(0, 7);
}
