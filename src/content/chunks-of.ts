/** The same bytes in pieces of one size, but the last; as they are where they come so. */
export async function* chunksOf(content: AsyncIterable<Uint8Array>, chunkBytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + chunkBytes - length)
      held.push(part)
      length += part.length
      at += part.length
      if (length < chunkBytes) continue
      yield joined(held, length)
      held = []
      length = 0
    }
  }
  if (length > 0) yield joined(held, length)
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
