/** What is told of a GitRepository wherever something happened to it. */
import type { Repository } from "../../model/git-repository";
import type { Told } from "../../model/happening";

/** One whose spec nobody can read has no address. */
export function toldOf({ id, parsed }: Repository): Told {
  if (!parsed.ok) {
    return { id, url: "", branch: "", path: "", healPolicy: "auto", notify: undefined };
  }
  const { url, branch, path, healPolicy, notify } = parsed.spec;
  return { id, url, branch, path, healPolicy, notify };
}
