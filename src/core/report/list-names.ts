/** How many names people read. */

const SHOWN = 3;

/** `a, b, c and 4 more` */
export function listNames(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}`;
}
