import { describe, expect, it } from 'vitest'
import type { CidKey } from '../../src/ids.ts'
import { cidKey } from '../../src/ids.ts'
import { SizeIndex } from '../../src/storage/size-index.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

function key(number: number): CidKey {
  return cidKey(numberedBlock(number).cid)
}

describe('SizeIndex', () => {
  it('remembers sizes, also 0 and large ones, and what is settled', () => {
    const index = new SizeIndex(10)
    for (const [number, size] of [0, 1, 2 ** 21, 2 ** 40].entries()) {
      index.set(key(number), size, number % 2 === 0)
      expect(index.get(key(number))).toEqual({ size, settled: number % 2 === 0 })
    }
    expect(index.get(key(9))).toBeUndefined()
  })

  it('does not unsettle a block by looking at it', () => {
    const index = new SizeIndex(10)
    index.set(key(1), 5, true)
    index.seen(key(1), 5)
    index.seen(key(2), 6)
    expect(index.get(key(1))).toEqual({ size: 5, settled: true })
    expect(index.get(key(2))).toEqual({ size: 6, settled: false })
  })

  it('holds no more entries than allowed: the one that was not used for longest goes', () => {
    const index = new SizeIndex(3)
    for (const number of [1, 2, 3]) index.set(key(number), number, false)
    index.get(key(1))
    index.set(key(4), 4, false)
    expect(index.length).toBe(3)
    expect(index.get(key(2))).toBeUndefined()
    expect([1, 3, 4].map((number) => index.get(key(number))?.size)).toEqual([1, 3, 4])
    for (let number = 0; number < 1_000; number++) index.set(key(number), number, true)
    expect(index.length).toBe(3)
  })

  it('forgets what is deleted', () => {
    const index = new SizeIndex(3)
    index.set(key(1), 1, true)
    index.delete(key(1))
    expect(index.get(key(1))).toBeUndefined()
  })

  it('of a full one, the sixty-fourth part that was used least recently makes room', () => {
    const index = new SizeIndex(640)
    const keys = Array.from({ length: 641 }, (_, at) => key(at))
    for (const one of keys) index.set(one, 1, true)
    expect(index.length).toBe(631)
    expect(keys.filter((one) => index.get(one) === undefined)).toEqual(keys.slice(0, 10))
  })
})
