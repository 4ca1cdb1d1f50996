/** Lets parts of one life run side by side: none lives on without the others. */

/** Resolves when all have ended; rejects with the first failure, after the others were ended by their signal. */
export async function together(
  life: AbortSignal,
  begin: (signal: AbortSignal) => readonly Promise<void>[],
  end: () => void,
): Promise<void> {
  const shift = new AbortController();
  const parts = begin(AbortSignal.any([life, shift.signal]));
  try {
    await Promise.all(parts);
  } finally {
    shift.abort();
    end();
    await Promise.allSettled(parts);
  }
}
