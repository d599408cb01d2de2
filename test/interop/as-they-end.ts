/**
 * Runs a job for each input, at most `limit` at a time, and yields what they give in the order they end. The first that
 * fails ends all; jobs under way are told by their signal, and have ended when this ends.
 */
export async function* asTheyEnd<In, Out>(
  inputs: readonly In[],
  limit: number,
  run: (input: In, signal: AbortSignal) => Promise<Out>,
  outer?: AbortSignal
): AsyncGenerator<Out> {
  const over = new AbortController()
  const signal = outer === undefined ? over.signal : AbortSignal.any([outer, over.signal])
  const results: Out[] = []
  let wake = Promise.withResolvers<undefined>()
  const waiting = inputs.values()
  const worker = async (): Promise<void> => {
    for (const input of waiting) {
      results.push(await run(input, signal))
      wake.resolve(undefined)
    }
  }
  const workers = Array.from({ length: Math.min(limit, inputs.length) }, worker)
  const all = Promise.all(workers)
  try {
    for (let given = 0; given < inputs.length;) {
      // A failure of any job rejects here.
      await Promise.race([wake.promise, all])
      wake = Promise.withResolvers()
      for (const result of results.splice(0)) {
        given++
        yield result
      }
    }
  } finally {
    over.abort()
    await Promise.allSettled(workers)
  }
}
