/** Commits as package URLs, read back by the grammar of the specification. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { packageUrl } from "../../../src/core/tell/package-url";
import { COMMIT } from "../../support/tellings";

/** scheme:type/namespace/name@version?qualifiers, everything in its canonical form. */
const SEGMENT = "(?:[A-Za-z0-9.\\-_~:]|%[0-9A-F]{2})+";
const GRAMMAR = new RegExp(
  `^pkg:(?<type>[a-z][a-z0-9.-]*)/(?:(?<namespace>${SEGMENT}(?:/${SEGMENT})*)/)?` +
    `(?<name>${SEGMENT})@(?<version>${SEGMENT})(?:\\?(?<key>[a-z][a-z0-9._-]*)=(?<value>${SEGMENT}))?$`,
);

function read(purl: string): Record<string, string | undefined> {
  const groups = GRAMMAR.exec(purl)?.groups;
  if (groups === undefined) throw new Error(`${purl} is no package URL`);
  return Object.fromEntries(
    Object.entries(groups as Record<string, string | undefined>)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, decodeURIComponent(value ?? "")]),
  );
}

test.each([
  ["https://github.com/org/my-app.git", `pkg:github/org/my-app@${COMMIT}`],
  ["https://github.com/Org/My.App/", `pkg:github/org/my.app@${COMMIT}`],
  ["https://www.github.com/org/my-app", `pkg:github/org/my-app@${COMMIT}`],
  [
    "https://gitlab.com/group/sub/my-app.git",
    `pkg:generic/my-app@${COMMIT}?vcs_url=git%2Bhttps:%2F%2Fgitlab.com%2Fgroup%2Fsub%2Fmy-app.git`,
  ],
  [
    "http://git.example.com:8080/my%20app.git",
    `pkg:generic/my%20app@${COMMIT}?vcs_url=git%2Bhttp:%2F%2Fgit.example.com:8080%2Fmy%2520app.git`,
  ],
  [
    "https://github.example.com/org/my-app",
    `pkg:generic/my-app@${COMMIT}?vcs_url=git%2Bhttps:%2F%2Fgithub.example.com%2Forg%2Fmy-app`,
  ],
  [
    "https://github.com:8443/org/my-app",
    `pkg:generic/my-app@${COMMIT}?vcs_url=git%2Bhttps:%2F%2Fgithub.com:8443%2Forg%2Fmy-app`,
  ],
  [
    "https://git.example.com",
    `pkg:generic/shop-app@${COMMIT}?vcs_url=git%2Bhttps:%2F%2Fgit.example.com%2F`,
  ],
  ["no address", `pkg:generic/shop-app@${COMMIT}`],
])("%s", (url, purl) => {
  expect(packageUrl(url, COMMIT, "shop-app")).toBe(purl);
  expect(read(purl)).toMatchObject({ version: COMMIT });
});

test("credentials and queries in an address: not in the package URL", () => {
  const purl = packageUrl("https://larry:s3cret@git.example.com/a?token=t0ken#f", COMMIT, "a");
  expect(purl).not.toMatch(/larry|s3cret|t0ken/);
});

test("any address: a package URL by the grammar, whose address is the repository's", () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.boolean(), (url, onGitHub) => {
      const parts = new URL(url);
      if (onGitHub) parts.host = "github.com";
      const found = read(packageUrl(parts.href, COMMIT, "app"));
      expect(found.version).toBe(COMMIT);
      if (found.type === "generic") {
        expect(found.value).toBe(`git+${parts.protocol}//${parts.host}${parts.pathname}`);
      }
    }),
  );
});
