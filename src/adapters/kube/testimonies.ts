/** What the admission process leaves for the watcher: pending DriftRecords. */
import type { RepositoryId } from "../../model/git-repository";
import type { JsonObject } from "../../model/json";
import type { Testimony } from "../../model/testimony";
import type { Testimonies } from "../../ports";
import type { Kube } from "./client";
import { failUnlessFound } from "./faults";
import { pathOf, writeRecord } from "./drift-records";
import { collectionPath } from "./paths";

/** `write` makes the record of a testimony. */
export function createTestimonies(
  kube: Kube,
  write: (repository: RepositoryId, testimony: Testimony) => JsonObject,
): Testimonies {
  return {
    async target({ resource: { group, version, plural }, namespace, name }, signal) {
      const apiVersion = group === "" ? version : `${group}/${version}`;
      const kind = { apiVersion, kind: "", plural, namespaced: namespace !== "" };
      const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
      const answer = await kube({ path, signal });
      return failUnlessFound(answer, path) ? answer.body : undefined;
    },
    async write(repository, testimony, signal) {
      const path = pathOf(repository, testimony.record);
      await writeRecord(kube, { path, object: write(repository, testimony) }, signal);
    },
  };
}
