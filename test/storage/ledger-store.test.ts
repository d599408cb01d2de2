import { MemoryDatastore } from 'datastore-core'
import fc from 'fast-check'
import { type Datastore, Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import type { LedgerRecord } from '../../src/ports.ts'
import { DatastoreLedgerStore, encodeRecord } from '../../src/storage/ledger-store.ts'
import { openDatastore } from '../../src/storage/open-storage.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { asyncProperty } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

function record(name: string, bytesSent = 1): LedgerRecord {
  return {
    peer: toPeerId(name),
    bytesSent,
    bytesReceived: 2,
    exchanges: 3,
    recentSent: 0.5,
    recentReceived: 1.25,
    updatedAt: 1_790_000_000_000
  }
}

async function all(store: DatastoreLedgerStore): Promise<LedgerRecord[]> {
  const records: LedgerRecord[] = []
  for await (const one of store.all()) records.push(one)
  return records.sort((a, b) => (a.peer < b.peer ? -1 : 1))
}

describe('DatastoreLedgerStore', () => {
  it('keeps ledgers across a restart of the process', async () => {
    const base = await temporaryDirectory()
    const first = await openDatastore('level:data', { base })
    await new DatastoreLedgerStore(first.datastore).save([record('alice'), record('bob', 7), record('charlie')])
    await new DatastoreLedgerStore(first.datastore).save([record('alice', 9)])
    await new DatastoreLedgerStore(first.datastore).remove([toPeerId('charlie'), toPeerId('nobody')])
    await first.close()
    const second = await openDatastore('level:data', { base })
    expect(await all(new DatastoreLedgerStore(second.datastore))).toEqual([record('alice', 9), record('bob', 7)])
    await second.close()
  })

  it('leaves what is not its own alone', async () => {
    const datastore = new MemoryDatastore()
    const others = ['/barter/ledgers/x', '/barter/ledger', '/peers/alice'].map((text) => new Key(text))
    for (const key of others) await datastore.put(key, encodeRecord(record('mallory')))
    const store = new DatastoreLedgerStore(datastore)
    expect(await all(store)).toEqual([])
    expect(store.corrupt).toBe(0)
  })

  it.each([
    ['nothing', ''],
    ['half a record', '[1,1,2,3'],
    ['another form', '[2,1,2,3,0.5,1.25,1790000000000]'],
    ['too few numbers', '[1,1,2,3,0.5,1.25]'],
    ['too many', '[1,1,2,3,0.5,1.25,5,6]'],
    ['a negative amount', '[1,-1,2,3,0.5,1.25,5]'],
    ['an endless amount', '[1,1e999,2,3,0.5,1.25,5]'],
    ['text for a number', '[1,"1",2,3,0.5,1.25,5]'],
    ['an object', '{"bytesSent":1}'],
    ['null', 'null'],
    ['zeros, as a power cut leaves', '\0\0\0\0\0\0'],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x5b)]
  ])('passes over %s: counted, logged, and the others are there', async (_name, written) => {
    const datastore = new MemoryDatastore()
    const logger = new RecordingLogger()
    const store = new DatastoreLedgerStore(datastore, logger)
    await store.save([record('alice'), record('zoe')])
    const bytes = typeof written === 'string' ? new TextEncoder().encode(written) : written
    await datastore.put(new Key('/barter/ledger/mallory'), bytes)
    expect(await all(store)).toEqual([record('alice'), record('zoe')])
    expect(store.corrupt).toBe(1)
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { key: '/barter/ledger/mallory' } }])
  })

  it('takes any peer name for one key', async () => {
    const store = new DatastoreLedgerStore(new MemoryDatastore())
    const names = ['a/b', 'a', '%2F', 'ä ö', '..', 'x//y/']
    await store.save(names.map((name) => record(name)))
    expect((await all(store)).map(({ peer }) => peer)).toEqual(names.sort())
    await store.remove(names.map((name) => toPeerId(name)))
    expect(await all(store)).toEqual([])
  })

  it('does not hide that the datastore failed', async () => {
    const cause = new Error('no disk')
    const failing: Datastore = Object.assign(new MemoryDatastore(), {
      query: () => {
        throw cause
      },
      batch: () => ({ put: () => undefined, delete: () => undefined, commit: () => Promise.reject(cause) })
    })
    const store = new DatastoreLedgerStore(failing)
    await expect(all(store)).rejects.toMatchObject({ code: 'ERR_STORE', cause })
    await expect(store.save([record('alice')])).rejects.toMatchObject({ code: 'ERR_STORE', cause })
    await expect(store.remove([toPeerId('alice')])).rejects.toMatchObject({ code: 'ERR_STORE', cause })
  })
})

describe('encodeRecord', () => {
  it('is undone by reading it', async () => {
    const amount = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true })
    const count = fc.maxSafeNat()
    const rule = fc.asyncProperty(count, count, count, amount, amount, count, async (...numbers) => {
      const [bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt] = numbers
      const one = { ...record('alice'), bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt }
      const store = new DatastoreLedgerStore(new MemoryDatastore())
      await store.save([one])
      expect(await all(store)).toEqual([one])
    })
    await asyncProperty(rule)
  })

  it('is small', () => {
    expect(encodeRecord(record('12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X')).byteLength).toBeLessThan(40)
  })

  it('cannot be confused by any bytes', async () => {
    const rule = fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
      const datastore = new MemoryDatastore()
      await datastore.put(new Key('/barter/ledger/alice'), bytes)
      expect((await all(new DatastoreLedgerStore(datastore))).length).toBeLessThanOrEqual(1)
    })
    await asyncProperty(rule)
  })
})
