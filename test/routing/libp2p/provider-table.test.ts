import { describe, expect, it } from 'vitest'
import { ProviderTable, type ProviderTableLimits } from '../../../src/routing/libp2p/provider-table.ts'

const LIMITS: ProviderTableLimits = { maxRecords: 12, maxPerPeer: 5, maxPerBlock: 3, validityMs: 1_000 }
const VALUE = new Uint8Array([1])

function peersOf(table: ProviderTable, block: string, now = 0): string[] {
  return table.of(block, now).map(({ peer }) => peer)
}

describe('ProviderTable', () => {
  it('knows who provides a block, for a time; told again, the time begins anew', () => {
    const table = new ProviderTable(LIMITS)
    table.set({ block: 'a', peer: 'alice', value: VALUE, at: 0 })
    table.set({ block: 'a', peer: 'bob', value: VALUE, at: 500 })
    expect([peersOf(table, 'a', 999), peersOf(table, 'a', 1_000), peersOf(table, 'b')]).toEqual([
      ['alice', 'bob'],
      ['bob'],
      []
    ])
    table.set({ block: 'a', peer: 'alice', value: VALUE, at: 900 })
    expect([peersOf(table, 'a', 1_400), table.size]).toEqual([['bob', 'alice'], 2])
    table.delete('a', 'bob')
    table.delete('a', 'bob')
    expect([peersOf(table, 'a', 1_400), table.get('a', 'alice')?.at, table.get('a', 'bob')]).toEqual([
      ['alice'],
      900,
      undefined
    ])
  })

  it('bound: one peer that tells without end pushes out its own oldest records, and nobody else’s', () => {
    const table = new ProviderTable(LIMITS)
    table.set({ block: 'a', peer: 'alice', value: VALUE, at: 0 })
    for (let number = 0; number < 1_000; number++)
      table.set({ block: `x${number}`, peer: 'mallory', value: VALUE, at: 0 })
    expect([table.size, peersOf(table, 'a'), peersOf(table, 'x0'), peersOf(table, 'x999')]).toEqual([
      6,
      ['alice'],
      [],
      ['mallory']
    ])
  })

  it('bound: a block has so many providers, and all peers together so many records', () => {
    const table = new ProviderTable(LIMITS)
    for (const peer of ['p0', 'p1', 'p2', 'p3']) table.set({ block: 'a', peer, value: VALUE, at: 0 })
    expect(peersOf(table, 'a')).toEqual(['p1', 'p2', 'p3'])
    for (let number = 0; number < 1_000; number++) {
      table.set({ block: `x${number}`, peer: `sybil${number}`, value: VALUE, at: 0 })
      expect(table.size).toBeLessThanOrEqual(12)
    }
    expect(table.all().length).toBe(12)
  })
})
