import { describe, expect, it } from 'vitest'
import { inOrder } from '../../src/storage/in-order.ts'

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('inOrder', () => {
  it('yields results in the order of the items, whichever ends first', async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<undefined>())
    const results = all(inOrder([0, 1, 2], 3, async (n) => (await gates[n]?.promise, n * 10)))
    for (const n of [2, 1, 0]) gates[n]?.resolve(undefined)
    expect(await results).toEqual([0, 10, 20])
  })

  it('never runs more than the limit, and reaches it', async () => {
    let running = 0
    let most = 0
    const work = async (n: number): Promise<number> => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      await new Promise(setImmediate)
      running -= 1
      return n
    }
    const items = Array.from({ length: 50 }, (_, n) => n)
    expect(await all(inOrder(items, 4, work))).toEqual(items)
    expect(most).toBe(4)
  })

  it('fails in its turn, after the results before it, and waits for what is under way', async () => {
    let ended = 0
    const seen: number[] = []
    const work = async (n: number): Promise<number> => {
      await new Promise(setImmediate)
      ended += 1
      if (n === 1) throw new Error('one')
      return n
    }
    const reading = (async () => {
      for await (const n of inOrder([0, 1, 2, 3], 3, work)) seen.push(n)
    })()
    await expect(reading).rejects.toThrow('one')
    expect(seen).toEqual([0])
    expect(ended).toBeGreaterThanOrEqual(3)
  })

  it('ends what it began when the consumer leaves', async () => {
    let begun = 0
    let ended = 0
    for await (const n of inOrder([0, 1, 2, 3, 4, 5], 3, async (item) => {
      begun += 1
      await new Promise(setImmediate)
      ended += 1
      return item
    })) {
      if (n === 0) break
    }
    expect(ended).toBe(begun)
    expect(begun).toBeLessThan(6)
  })

  it('takes work that throws at once', async () => {
    const work = (): number => {
      throw new Error('at once')
    }
    await expect(all(inOrder([1], 2, work))).rejects.toThrow('at once')
  })
})
