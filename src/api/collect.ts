/** All chunks of a stream as one piece. Throws `RangeError` beyond `limit` bytes. */
export async function collect(chunks: AsyncIterable<Uint8Array>, limit = Infinity): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw new RangeError(`more than ${limit} bytes`)
    kept.push(chunk)
  }
  return kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept)
}

/** One chunk as a stream. */
// eslint-disable-next-line @typescript-eslint/require-await -- nothing to wait for
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
