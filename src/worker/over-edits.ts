/** Edits that are not to be told again: their episode has ended, or newer ones have pushed them out of its record. */
import { isOpen, type Edit, type Episode } from "../model/episode";

export interface OverEdits {
  /** Those of these edits of an object that are still to be told. */
  without(id: string, edits: readonly Edit[]): readonly Edit[];
  /** After these edits of an object were told, or were too many to be. */
  told(id: string, edits: readonly Edit[], after: Episode): void;
  retain(isDeclared: (id: string) => boolean): void;
}

const NOTHING: ReadonlySet<string> = new Set();
/** As many as are known of one object at a time. */
const MOST = 20;

/** Objects are named by formatKey. */
export function createOverEdits(): OverEdits {
  const over = new Map<string, ReadonlySet<string>>();
  const of = (id: string) => over.get(id) ?? NOTHING;
  return {
    without: (id, edits) => edits.filter(edit => !of(id).has(edit.id)),
    told(id, edits, after) {
      // what Git took over is still there, and differs again when Git takes it back
      if (after.decision === "committed") return;
      const kept = new Set(isOpen(after) ? after.edits.map(edit => edit.id) : []);
      const ended = edits.map(edit => edit.id).filter(edit => !kept.has(edit));
      if (ended.length > 0) over.set(id, new Set([...of(id), ...ended].slice(-MOST)));
    },
    retain(isDeclared) {
      for (const id of over.keys()) if (!isDeclared(id)) over.delete(id);
    },
  };
}
