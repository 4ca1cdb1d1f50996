/** A commit of a Git repository as a package URL (https://github.com/package-url/purl-spec). */

/** `pkg:github/org/repo@sha`; of other hosts `pkg:generic/repo@sha?vcs_url=git%2Bhttps:%2F%2F…`. */
export function packageUrl(url: string, commit: string, fallback: string): string {
  const version = encode(commit);
  if (!URL.canParse(url)) return `pkg:generic/${encode(fallback)}@${version}`;
  const parts = new URL(url);
  const names = namesOf(parts);
  if (isGitHub(parts) && names.length === 2) {
    // GitHub does not tell upper from lower case, and the specification wants lower
    return `pkg:github/${names.map(name => encode(name.toLowerCase())).join("/")}@${version}`;
  }
  const name = encode(names.at(-1) ?? fallback);
  return `pkg:generic/${name}@${version}?vcs_url=${encode(`git+${address(parts)}`)}`;
}

function namesOf({ pathname }: URL): readonly string[] {
  const names = pathname.split("/").filter(part => part !== "");
  return names.map((part, at) => decode(at === names.length - 1 ? withoutGit(part) : part));
}

function isGitHub({ protocol, hostname, port }: URL): boolean {
  const isDefault = port === "" && (protocol === "https:" || protocol === "http:");
  return isDefault && (hostname === "github.com" || hostname === "www.github.com");
}

/** Without whatever could let somebody in. */
function address({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function withoutGit(name: string): string {
  return name.length > 4 ? name.replace(/\.git$/, "") : name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Everything but letters, digits and `.-_~`, and the colon, which must not be encoded. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");
}
