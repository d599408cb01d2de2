/** All chunks of a stream as one piece. Beyond `limit` bytes it reads no more, and throws what `tooMuch` makes. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  limit = Infinity,
  tooMuch: () => Error = () => new RangeError(`more than ${limit} bytes`)
): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw tooMuch()
    kept.push(chunk)
  }
  return kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept)
}

/** One chunk as a stream. */
// eslint-disable-next-line @typescript-eslint/require-await -- nothing to wait for
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
