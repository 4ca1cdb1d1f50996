/** Lets somebody leave work that others wait for too. */

/** The work's result; rejects with the signal's reason once it is aborted, while the work goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener("abort", leave, { once: true });
    const stay = () => signal.removeEventListener("abort", leave);
    work.then(resolve, reject).finally(stay);
  });
}
