import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { openDatastore } from '../../src/storage/open-storage.ts'
import { SplitDatastore } from '../../src/storage/split-datastore.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const VALUE = Uint8Array.of(1, 2, 3)

async function namesIn(store: Pick<MemoryDatastore, 'queryKeys'>, prefix?: string): Promise<string[]> {
  const names: string[] = []
  for await (const key of store.queryKeys(prefix === undefined ? {} : { prefix })) names.push(key.toString())
  return names.sort()
}

describe('several datastores as one', () => {
  const world = () => {
    const [peers, ledger, rest] = [new MemoryDatastore(), new MemoryDatastore(), new MemoryDatastore()]
    const whole = new SplitDatastore(
      [
        { prefixes: ['/peers'], datastore: peers },
        { prefixes: ['/barter/ledger', '/barter/trust'], datastore: ledger }
      ],
      rest
    )
    return { whole, peers, ledger, rest }
  }

  it('each keep what is theirs', async () => {
    const { whole, peers, ledger, rest } = world()
    const names = ['/peers/a', '/peersons/b', '/barter/ledger/c', '/barter/trust/d', '/barter/pins/e']
    for (const name of names) await whole.put(new Key(name), VALUE)
    expect(await namesIn(peers)).toEqual(['/peers/a'])
    expect(await namesIn(ledger)).toEqual(['/barter/ledger/c', '/barter/trust/d'])
    expect(await namesIn(rest)).toEqual(['/barter/pins/e', '/peersons/b'])
    expect(await namesIn(whole)).toEqual([...names].sort())
    expect(await namesIn(whole, '/barter')).toEqual(['/barter/ledger/c', '/barter/pins/e', '/barter/trust/d'])
    expect(await namesIn(whole, '/peers/')).toEqual(['/peers/a'])
    expect(await whole.get(new Key('/barter/trust/d'))).toEqual(VALUE)
    expect(await whole.has(new Key('/peers/b'))).toBe(false)
  })

  it('take one batch together', async () => {
    const { whole, peers, rest } = world()
    await whole.put(new Key('/peers/old'), VALUE)
    const batch = whole.batch()
    batch.put(new Key('/peers/a'), VALUE)
    batch.delete(new Key('/peers/old'))
    batch.put(new Key('/other'), VALUE)
    expect(await namesIn(rest)).toEqual([])
    await batch.commit()
    expect([await namesIn(peers), await namesIn(rest)]).toEqual([['/peers/a'], ['/other']])
  })
})

it('what a datastore does is counted', async () => {
  const base = await temporaryDirectory()
  const spec = 'level:data?cache=1MiB&writeBuffer=1MiB&compression=off&sync=on'
  const { datastore, stats, close } = await openDatastore(spec, { base, name: 'peers' })
  await datastore.put(new Key('/a'), VALUE)
  const batch = datastore.batch()
  batch.put(new Key('/b'), VALUE)
  batch.put(new Key('/c'), VALUE)
  batch.delete(new Key('/a'))
  await batch.commit()
  await datastore.delete(new Key('/c'))
  expect(Uint8Array.from(await datastore.get(new Key('/b')))).toEqual(VALUE)
  await expect(datastore.get(new Key('/a'))).rejects.toMatchObject({ name: 'NotFoundError' })
  expect(await datastore.has(new Key('/a'))).toBe(false)
  for await (const { value } of datastore.query({})) expect(Uint8Array.from(value)).toEqual(VALUE)
  expect(stats()).toMatchObject([
    {
      name: 'peers',
      kind: 'level',
      location: 'data',
      hits: 2,
      misses: 2,
      readBytes: 6,
      writes: 3,
      writeBytes: 9,
      deletes: 1,
      errors: 0
    }
  ])
  await close()
  await expect(datastore.put(new Key('/a'), VALUE)).rejects.toThrow()
  expect(stats()[0]?.errors).toBe(1)
})
