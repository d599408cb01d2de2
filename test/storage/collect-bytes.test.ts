import { describe, expect, it } from 'vitest'
import { collectBytes, plainBytes } from '../../src/storage/collect-bytes.ts'

const [A, B] = [Uint8Array.of(1, 2), Uint8Array.of(3)]

async function* later(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

describe('collectBytes', () => {
  it('passes bytes and a single chunk on as they are, at once when it can', async () => {
    expect(collectBytes(A)).toBe(A)
    expect(collectBytes([A])).toBe(A)
    expect(await collectBytes(later(A))).toBe(A)
  })

  it('joins chunks', async () => {
    expect(collectBytes([A, B])).toEqual(Uint8Array.of(1, 2, 3))
    expect(await collectBytes(later(A, new Uint8Array(0), B))).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('makes an empty block of no chunks', async () => {
    expect(collectBytes([])).toEqual(new Uint8Array(0))
    expect(await collectBytes(later())).toEqual(new Uint8Array(0))
  })
})

it('plainBytes gives the same memory without the manners of a Buffer', () => {
  expect(plainBytes(A)).toBe(A)
  const buffer = Buffer.from([1, 2, 3])
  expect(plainBytes(buffer)).toEqual(Uint8Array.of(1, 2, 3))
  expect(plainBytes(buffer).buffer).toBe(buffer.buffer)
})
