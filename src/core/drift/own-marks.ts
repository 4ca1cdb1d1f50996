/** nopea's own labels and its annotation on an object: whoever changes them, they are put back, and are no drift. */
import {
  ANNOTATION_APPLIED,
  LABEL_REPOSITORY,
  LABEL_REPOSITORY_NAMESPACE,
} from "../../model/annotations";
import { formatPath, type FieldPath } from "../../model/field-path";

const MARKS: ReadonlySet<string> = new Set(
  [
    ["labels", LABEL_REPOSITORY],
    ["labels", LABEL_REPOSITORY_NAMESPACE],
    ["annotations", ANNOTATION_APPLIED],
  ].map(names => formatPath(["metadata", ...names].map(name => ({ kind: "field", name })))),
);

/** True for a field by which nopea knows an object as managed. */
export function isOwnMark(path: FieldPath): boolean {
  return path.length === 3 && MARKS.has(formatPath(path));
}
