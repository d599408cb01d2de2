import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { DhtRecords } from '../../../src/routing/libp2p/dht-records.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const NOW = new Uint8Array([1, 2])

function recordKey(block: string, peer: string): Key {
  return new Key(`/dht-lan/provider/${block}/${peer}`)
}

async function keysOf(records: DhtRecords, prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of records.query({ prefix })) found.push(key.toString())
  return found
}

describe('DhtRecords', () => {
  it('answers for one block with everybody, and for the hourly look over all with everybody but this peer', async () => {
    const records = new DhtRecords({ prefix: '/dht-lan', self: 'me', clock: new ManualClock() })
    for (const peer of ['me', 'alice']) records.put(recordKey('a', peer), NOW)
    expect(await keysOf(records, '/dht-lan/provider/a')).toEqual([
      '/dht-lan/provider/a/me',
      '/dht-lan/provider/a/alice'
    ])
    expect(await keysOf(records, '/dht-lan/provider')).toEqual(['/dht-lan/provider/a/alice'])
    expect([records.has(recordKey('a', 'me')), records.get(recordKey('a', 'me'))]).toEqual([true, NOW])
    records.delete(recordKey('a', 'me'))
    expect([records.has(recordKey('a', 'me')), records.size]).toEqual([false, 1])
  })

  it('forgets a record after two days', async () => {
    const clock = new ManualClock()
    const records = new DhtRecords({ prefix: '/dht-lan', self: 'me', clock })
    records.put(recordKey('a', 'alice'), NOW)
    clock.advance(48 * 3_600_000)
    expect(await keysOf(records, '/dht-lan/provider/a')).toEqual([])
  })

  it('bound: values of others are few and small', () => {
    const records = new DhtRecords({ prefix: '/dht-lan', self: 'me', clock: new ManualClock() })
    for (let number = 0; number < 2_000; number++) records.put(new Key(`/dht-lan/record/${number}`), NOW)
    expect([records.has(new Key('/dht-lan/record/975')), records.has(new Key('/dht-lan/record/976'))]).toEqual([
      false,
      true
    ])
    records.put(new Key('/dht-lan/record/big'), new Uint8Array(16 * 1024 + 1))
    expect(() => records.get(new Key('/dht-lan/record/big'))).toThrow(
      expect.objectContaining({ name: 'NotFoundError' })
    )
  })

  it('keeps copies: a value may be a view of a whole message', () => {
    const records = new DhtRecords({ prefix: '/dht-lan', self: 'me', clock: new ManualClock() })
    const message = new Uint8Array(4_096)
    records.put(recordKey('a', 'alice'), message.subarray(0, 8))
    records.put(new Key('/dht-lan/record/x'), message.subarray(0, 8))
    expect([
      records.get(recordKey('a', 'alice')).buffer.byteLength,
      records.get(new Key('/dht-lan/record/x')).buffer.byteLength
    ]).toEqual([8, 8])
  })
})
