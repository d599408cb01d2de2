import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrivedBlocks } from '../../src/session/arrived-blocks.ts'
import { ALICE, cid } from '../support/names.ts'
import { property } from '../support/seed.ts'

const ANY = cid('a')

describe('ArrivedBlocks', () => {
  it('gives out what came in, in order, with where it came from', () => {
    const blocks = new ArrivedBlocks(100)
    expect(blocks.take()).toBeUndefined()
    blocks.push(cid('a'), new Uint8Array(1), ALICE)
    blocks.push(cid('b'), new Uint8Array(2), undefined)
    expect(blocks.take()).toEqual({ cid: cid('a'), bytes: new Uint8Array(1), from: ALICE })
    expect(blocks.take()).toEqual({ cid: cid('b'), bytes: new Uint8Array(2), from: undefined })
    expect(blocks.take()).toBeUndefined()
  })

  it('keeps bytes up to its limit; the rest comes without', () => {
    const blocks = new ArrivedBlocks(10)
    for (const size of [4, 6, 1, 0]) blocks.push(ANY, new Uint8Array(size), ALICE)
    expect(blocks.bytes).toBe(10)
    expect(Array.from({ length: 4 }, () => blocks.take()?.bytes?.byteLength)).toEqual([4, 6, undefined, 0])
    expect(blocks.bytes).toBe(0)
  })

  it('keeps the one that is next, however large', () => {
    const blocks = new ArrivedBlocks(0)
    blocks.push(ANY, new Uint8Array(5), ALICE)
    blocks.push(ANY, new Uint8Array(5), ALICE)
    expect([blocks.take()?.bytes?.byteLength, blocks.take()?.bytes]).toEqual([5, undefined])
  })

  it('is a queue, for any turns of pushing and taking, and counts what it keeps', () => {
    const rule = fc.property(fc.array(fc.integer({ min: -600, max: 600 }), { maxLength: 30, size: 'max' }), (turns) => {
      const blocks = new ArrivedBlocks(1_000)
      const model: number[] = []
      let next = 0
      for (const turn of turns) {
        for (let i = 0; i < turn; i++) {
          blocks.push(ANY, Uint8Array.of(next & 0xff, (next >> 8) & 0xff), ALICE)
          model.push(next++)
        }
        for (let i = 0; i > turn; i--) {
          const taken = blocks.take()
          const expected = model.shift()
          expect(taken === undefined).toBe(expected === undefined)
          if (taken?.bytes !== undefined) expect((taken.bytes[0] ?? 0) + 256 * (taken.bytes[1] ?? 0)).toBe(expected)
        }
        expect(blocks.size).toBe(model.length)
        expect(blocks.bytes).toBeLessThanOrEqual(1_000)
      }
      while (blocks.take() !== undefined);
      expect([blocks.size, blocks.bytes]).toEqual([0, 0])
    })
    property(rule)
  })
})
