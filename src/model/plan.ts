/** What is to be written, in order. */
import type { Account } from "./account";
import type { Live } from "./live";
import type { FieldPath } from "./field-path";
import type { Json } from "./json";
import type { Desired, Manifest } from "./manifest";

/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string };

/** One server-side apply. With `on`, it carries the uid and resourceVersion that it was decided on. */
export interface Step {
  readonly desired: Desired;
  /** What is sent: desired's manifest, with held fields at their live value. */
  readonly manifest: Manifest;
  readonly force: boolean;
  /** Where an apply alone can't undo what was edited: a JSON patch that goes before it. Only with `on`. */
  readonly replace?: readonly PatchOperation[];
  /** True: the patch is all, nothing is applied. */
  readonly patchOnly?: boolean;
  /** Fields of the manifest that are not Git's but somebody's. */
  readonly held: readonly FieldPath[];
  readonly on?: Pick<Live, "uid" | "resourceVersion">;
}

/** Steps of one stage may run at the same time; a stage begins when the one before it has ended. */
export interface Plan {
  readonly stages: readonly (readonly Step[])[];
  readonly fieldManager: string;
  /** Whoever writes; undefined: nopea itself. */
  readonly account: Account | undefined;
  /** Full SHA: what `nopea.io/applied` will name. */
  readonly commit: string;
}
