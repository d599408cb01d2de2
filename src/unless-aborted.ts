/**
 * As `promise`, unless the signal fires first, or has fired: then its reason, and what comes of `promise` is nobody's.
 * Nothing is left behind with the signal, however often it is done: `Promise.race` with one promise for all would keep a
 * trace of each until that promise settles, and before Node 24 also what each came to, all of a large file.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
