/**
 * Hands on `values`, and closes what they come from when they end or fail, or the reader leaves: also one that leaves
 * before it began, of which a generator hears nothing.
 */
export function closingAfter<T>(values: AsyncIterable<T>, close: () => void): AsyncIterableIterator<T> {
  const handed = handOn(values, close)
  let hasBegun = false
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      hasBegun = true
      return handed.next()
    },
    async return() {
      if (!hasBegun) close()
      hasBegun = true
      return await handed.return(undefined)
    }
  }
}

async function* handOn<T>(values: AsyncIterable<T>, close: () => void): AsyncGenerator<T> {
  try {
    yield* values
  } finally {
    close()
  }
}
