/** Where in a JSON value something stands, as JSON patches write it (RFC 6901). */

/** One token of a pointer: the name of a member. */
export function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
