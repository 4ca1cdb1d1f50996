/** Judges spec.url: nopea fetches over HTTP(S) only, and keeps credentials in Secrets. */

const EXAMPLE = "for example https://github.com/org/my-app.git";

/** What is wrong with the URL of a Git repository, and how to mend it; undefined when it is fine. */
export function urlProblem(url: unknown): string | undefined {
  if (url === undefined || url === null || url === "") {
    return `spec.url is missing: set it to the address of a Git repository, ${EXAMPLE}`;
  }
  if (typeof url !== "string") return `spec.url must be text, ${EXAMPLE}`;
  if (!/^https?:\/\//i.test(url)) {
    return `spec.url must start with https:// or http:// (ssh, git and file addresses are not supported), ${EXAMPLE}`;
  }
  return partsProblem(url);
}

function partsProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return `spec.url is not a valid URL: write it like ${EXAMPLE}`;
  const parts = new URL(url);
  if (parts.username !== "" || parts.password !== "") {
    return (
      "spec.url must not contain credentials: take the part before @ out of the URL, " +
      "put it into a Secret with the keys username and password, and name that Secret in spec.secretRef.name"
    );
  }
  if (parts.search !== "" || parts.hash !== "") {
    return "spec.url must not contain ? or #: set the branch in spec.branch and the directory in spec.path";
  }
  return undefined;
}
