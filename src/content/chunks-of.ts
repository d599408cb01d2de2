import { joinBytes } from '../join-bytes.ts'

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
      yield joinBytes(held)
      held = []
      length = 0
    }
  }
  if (length > 0) yield joinBytes(held)
}
