import { joinBytes } from '../join-bytes.ts'
import type { MaybePromise } from '../ports.ts'

/** The bytes as one array: as given when they are one already, or one chunk; copied once otherwise. */
export function collectBytes(
  source: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>
): MaybePromise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (Symbol.iterator in source) return joinBytes([...source])
  return collectAsync(source)
}

/** The same bytes as a plain Uint8Array: the `slice` of a Buffer shares memory, which surprises who expects a copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes
}

async function collectAsync(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return joinBytes(chunks)
}
