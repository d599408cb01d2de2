import { describe, expect, it } from 'vitest'
import { MAX_RECENT, WantTable, type Holder } from '../../src/wants/want-table.ts'
import { cidKey, multihashKey } from '../../src/ids.ts'
import { cid, key } from '../support/names.ts'
import { sampleCid, sampleCidV0 } from '../support/wire-samples.ts'

function holder(): Holder {
  return { fulfilled: () => undefined, presence: () => undefined, failed: () => undefined }
}

const ANY = holder()

function hold(table: WantTable, name: string, by: Holder = ANY) {
  return table.hold(cid(name), key(name), by)
}

describe('WantTable', () => {
  it('invariant 2: two holders and one release leave one holder, and the want', () => {
    const table = new WantTable()
    const [first, second] = [holder(), holder()]
    const want = hold(table, 'a', first)
    expect(hold(table, 'a', second)).toBe(want)
    expect(table.release(key('a'), first)).toBeUndefined()
    expect([...want.holders]).toEqual([second])
    expect(table.get(key('a'))).toBe(want)
    expect(table.release(key('a'), second)).toBe(want)
    expect(table.get(key('a'))).toBeUndefined()
  })

  it('invariant 2: releasing twice is harmless, and so is releasing what was never held', () => {
    const table = new WantTable()
    const [first, second, stranger] = [holder(), holder(), holder()]
    hold(table, 'a', first)
    hold(table, 'a', second)
    table.release(key('a'), first)
    expect(table.release(key('a'), first)).toBeUndefined()
    expect(table.release(key('a'), stranger)).toBeUndefined()
    expect(table.release(key('b'), stranger)).toBeUndefined()
    expect(table.size).toBe(1)
  })

  it('counts a holder once, however often it holds', () => {
    const table = new WantTable()
    hold(table, 'a')
    hold(table, 'a')
    expect(table.release(key('a'), ANY)).toBeDefined()
    expect(table.size).toBe(0)
  })

  it('keeps one want for all CIDs of a multihash, under the first of them', () => {
    const table = new WantTable()
    const [v1, v0] = [sampleCid(1, 0x70), sampleCidV0(1)]
    const want = table.hold(v1, cidKey(v1), holder())
    expect(table.hold(v0, cidKey(v0), holder())).toBe(want)
    expect([want.cid, want.holders.size, table.size]).toEqual([v1, 2, 1])
  })

  it('gives a want out once when its block is here', () => {
    const table = new WantTable()
    const want = hold(table, 'a')
    expect(table.fulfil(key('a'))).toBe(want)
    expect(table.fulfil(key('a'))).toBeUndefined()
    expect(table.release(key('a'), ANY)).toBeUndefined()
  })

  it('awaits blocks of a hash function and digest length while one of that kind is wanted', () => {
    const table = new WantTable()
    const cut = sampleCid(7, 0x55, 0x12, 20)
    expect(table.awaits(0x12, 32)).toBe(false)
    hold(table, 'a')
    hold(table, 'b')
    table.hold(cut, cidKey(cut), ANY)
    expect([table.awaits(0x12, 32), table.awaits(0x12, 20), table.awaits(0x13, 32)]).toEqual([true, true, false])
    table.fulfil(key('a'))
    table.release(cidKey(cut), ANY)
    expect([table.awaits(0x12, 32), table.awaits(0x12, 20)]).toEqual([true, false])
    table.fulfil(key('b'))
    expect(table.awaits(0x12, 32)).toBe(false)
  })

  it('remembers what was wanted a moment ago, to tell a late twin from a lie', () => {
    const table = new WantTable()
    for (const name of ['a', 'b', 'c']) hold(table, name).wasTold = true
    hold(table, 'untold')
    table.fulfil(key('a'))
    table.release(key('b'), ANY)
    table.release(key('untold'), ANY)
    const recent = ['a', 'b', 'c', 'd', 'untold'].map((name) => table.wasRecent(key(name)))
    expect(recent).toEqual([true, true, false, false, false])
  })

  it('remembers so many of them at least, and never more than twice that', () => {
    const table = new WantTable()
    const keys = Array.from({ length: 3 * MAX_RECENT }, (_, number) =>
      multihashKey(Uint8Array.of(number, number >> 8, number >> 16))
    )
    const any = cid('any')
    for (const of of keys) {
      table.hold(any, of, ANY).wasTold = true
      table.fulfil(of)
    }
    const recent = keys.filter((of) => table.wasRecent(of))
    expect(recent.length).toBeGreaterThanOrEqual(MAX_RECENT)
    expect(recent.length).toBeLessThanOrEqual(2 * MAX_RECENT)
    expect(recent[0]).toBe(keys.at(-recent.length))
    expect(table.size).toBe(0)
  })
})
