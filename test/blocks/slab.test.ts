import { describe, expect, it } from 'vitest'
import { Slab, SLAB_BYTES } from '../../src/blocks/slab.ts'

describe('a slab', () => {
  it('keeps a small block of a large message in memory it shares with others like it', () => {
    const slab = new Slab()
    const message = new Uint8Array(256 * 1024).fill(7)
    const first = slab.own(message.subarray(0, 4_096))
    const second = slab.own(message.subarray(4_096, 8_192))
    message.fill(0)
    expect(first.every((byte) => byte === 7)).toBe(true)
    expect(second.buffer).toBe(first.buffer)
    expect(second.byteOffset).toBe(4_096)
    expect(first.buffer.byteLength).toBe(SLAB_BYTES)
  })

  it('begins a new one when a block does not fit', () => {
    const slab = new Slab()
    const message = new Uint8Array(1024 * 1024)
    const kept = Array.from({ length: 9 }, (_, index) =>
      slab.own(message.subarray(index * 15_000, (index + 1) * 15_000))
    )
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBe(3)
  })

  it('copies a larger one by itself, and does not copy what fills its buffer or keeps little alive', () => {
    const slab = new Slab()
    const message = new Uint8Array(1024 * 1024)
    expect(slab.own(message.subarray(0, 100_000)).buffer.byteLength).toBe(100_000)
    const most = message.subarray(0, 600_000)
    expect(slab.own(most)).toBe(most)
    const small = new Uint8Array(10_000).subarray(0, 100)
    expect(slab.own(small)).toBe(small)
  })
})
