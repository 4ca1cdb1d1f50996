/** The classes that Pepr wants for nopea's own kinds. */
import { a, RegisterKind } from "pepr";
import { API_GROUP } from "../src/model/annotations";
import type { RepositoryStatus } from "../src/model/git-repository";
import type { Json } from "../src/model/json";

export class GitRepository extends a.GenericKind {
  declare spec?: Readonly<Record<string, Json | undefined>>;
  declare status?: RepositoryStatus;
}

RegisterKind(GitRepository, {
  group: API_GROUP,
  version: "v1alpha1",
  kind: "GitRepository",
  plural: "gitrepositories",
});
