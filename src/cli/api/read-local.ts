/** A working tree as commands read it: a file that cannot be read is named, and it is no bug. */
import { readWorkingTree, type WorkingTree } from "../../adapters/git/working-tree";
import { CommandError } from "../context";

/** Rejects with a CommandError that says which file, and why. */
export async function readLocal(directory: string): Promise<WorkingTree> {
  try {
    return await readWorkingTree(directory);
  } catch (cause) {
    if (!isOfDisk(cause)) throw cause;
    const message = `${cause.path} cannot be read: ${cause.message}\nMend its rights, or name it in .nopeaignore.`;
    throw new CommandError(message, undefined, { cause });
  }
}

function isOfDisk(error: unknown): error is Error & { readonly path: string } {
  return error instanceof Error && "path" in error && typeof error.path === "string";
}
