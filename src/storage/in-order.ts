import type { MaybePromise } from '../ports.ts'

/**
 * Runs `work` on every item, at most `limit` at a time, and yields the results in the order of the items. A sliding
 * window: one slow item holds back the results after it, but not the start of the next ones. When one fails, or the
 * consumer leaves, what is under way is waited for before this ends.
 */
export async function* inOrder<Item, Result>(
  source: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => MaybePromise<Result>
): AsyncGenerator<Result> {
  /** Bounded: at most `limit` entries. */
  const running: Promise<Result>[] = []
  try {
    for await (const item of source) {
      const next = running.length >= limit ? running.shift() : undefined
      if (next !== undefined) yield await next
      const result = start(work, item)
      // Seen in its turn below; until then a failure is nobody's, which must not end the process.
      result.catch(ignore)
      running.push(result)
    }
    for (let next = running.shift(); next !== undefined; next = running.shift()) yield await next
  } finally {
    await Promise.allSettled(running)
  }
}

async function start<Item, Result>(work: (item: Item) => MaybePromise<Result>, item: Item): Promise<Result> {
  return work(item)
}

function ignore(): void {
  return undefined
}
