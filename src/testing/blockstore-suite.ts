/**
 * What every blockstore must do, as cases that any test runner can take:
 *
 *   for (const { name, run } of blockstoreCases(open)) it(name, run)
 *
 * `blockstoreCases` are for a store of `interface-blockstore` 7, `blockstorePortCases` for the core's port.
 */
import type { Blockstore as InterfaceBlockstore } from 'interface-blockstore'
import { CID } from 'multiformats/cid'
import type { Blockstore } from '../ports.ts'
import { check, checkRejects, checkSame } from './check.ts'
import { blockOf, numberedBlock, type SampleBlock } from './sample-blocks.ts'

export interface BlockstoreCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** A store opened for one case, empty, and how to get rid of it. */
export interface Opened<Store> {
  readonly store: Store
  close(): Promise<void> | void
}

type Open<Store> = () => Promise<Opened<Store>> | Opened<Store>
type Act<Store> = (store: Store) => Promise<void>

const DAG_PB_CODE = 0x70
const MIB = 1024 * 1024

const PORT_ACTS: Readonly<Record<string, Act<Blockstore>>> = {
  'gives back what was put, and its size': async (store) => {
    const { cid, bytes } = numberedBlock(1, 1_000)
    await store.put(cid, bytes)
    checkBytes(await store.get(cid), bytes)
    checkSame(await store.size(cid), 1_000)
  },

  'knows nothing of a block that was never put': async (store) => {
    const { cid } = numberedBlock(1)
    checkSame([await store.get(cid), await store.size(cid)], [undefined, undefined])
  },

  'takes a block twice': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    await store.put(cid, bytes)
    await store.put(cid, bytes)
    checkBytes(await store.get(cid), bytes)
  },

  'takes one block from many at the same time': async (store) => {
    const { cid, bytes } = numberedBlock(1, 20_000)
    await Promise.all(Array.from({ length: 16 }, async () => store.put(cid, bytes)))
    checkBytes(await store.get(cid), bytes)
  },

  'is keyed by the multihash: versions and codecs of a CID are one block': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    await store.put(CID.createV1(DAG_PB_CODE, cid.multihash).toV0(), bytes)
    checkBytes(await store.get(cid), bytes)
    checkSame(await store.size(CID.createV1(DAG_PB_CODE, cid.multihash)), bytes.byteLength)
  },

  'takes the empty block': async (store) => {
    const { cid, bytes } = blockOf(new Uint8Array(0))
    await store.put(cid, bytes)
    checkBytes(await store.get(cid), bytes)
    checkSame(await store.size(cid), 0)
  },

  'takes a block of 2 MiB': async (store) => {
    const { cid, bytes } = numberedBlock(1, 2 * MIB)
    await store.put(cid, bytes)
    checkBytes(await store.get(cid), bytes)
  },

  'keeps many blocks apart': async (store) => {
    const blocks = Array.from({ length: 300 }, (_, number) => numberedBlock(number))
    await Promise.all(blocks.map(async ({ cid, bytes }) => store.put(cid, bytes)))
    for (const { cid, bytes } of blocks) checkBytes(await store.get(cid), bytes)
  },

  'takes bytes that are a view on a larger buffer': async (store) => {
    const { cid, bytes } = numberedBlock(1, 5_000)
    const larger = new Uint8Array(20_000)
    larger.set(bytes, 7_000)
    await store.put(cid, larger.subarray(7_000, 12_000))
    checkBytes(await store.get(cid), bytes)
  },

  'rejects with the reason of a signal that has fired': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    const options = { signal: AbortSignal.abort(new Error('enough')) }
    const isReason = (error: unknown): void => checkSame(error instanceof Error && error.message, 'enough')
    await checkRejects(async () => store.put(cid, bytes, options), isReason)
    checkSame(await store.get(cid), undefined)
    await store.put(cid, bytes)
    await checkRejects(async () => store.get(cid, options), isReason)
  }
}

const STORE_ACTS: Readonly<Record<string, Act<InterfaceBlockstore>>> = {
  'returns the CID that was put': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    check((await store.put(cid, bytes)).equals(cid), 'put returned another CID')
    checkBytes(await read(store, cid), bytes)
  },

  'takes bytes in pieces, at once or in time': async (store) => {
    const [first, second] = [numberedBlock(1, 999), numberedBlock(2, 999)]
    await store.put(first.cid, pieces(first.bytes))
    await store.put(second.cid, piecesInTime(second.bytes))
    checkBytes(await read(store, first.cid), first.bytes)
    checkBytes(await read(store, second.cid), second.bytes)
  },

  'tells absence when a block is read, not when it is asked for': async (store) => {
    const absent = store.get(numberedBlock(1).cid)
    await checkRejects(
      async () => absent.next(),
      (error) => checkSame(error instanceof Error && error.name, 'NotFoundError')
    )
  },

  'has what was put until it is deleted, and deletes twice': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    checkSame(await store.has(cid), false)
    await store.put(cid, bytes)
    checkSame(await store.has(cid), true)
    await store.delete(cid)
    await store.delete(cid)
    checkSame(await store.has(cid), false)
    await checkRejects(
      async () => read(store, cid),
      (error) => checkSame(error instanceof Error && error.name, 'NotFoundError')
    )
  },

  'can store again what was deleted': async (store) => {
    const { cid, bytes } = numberedBlock(1)
    await store.put(cid, bytes)
    await store.delete(cid)
    await store.put(cid, bytes)
    checkBytes(await read(store, cid), bytes)
  },

  'puts, gets and deletes many, in the order given': async (store) => {
    const blocks = Array.from({ length: 60 }, (_, number) => numberedBlock(number))
    const cids = blocks.map(({ cid }) => cid)
    checkSame(texts(await all(store.putMany(blocks))), texts(cids))
    for await (const { cid, bytes } of store.getMany(cids)) {
      checkBytes(await joined(bytes), blocks.find((block) => block.cid.equals(cid))?.bytes)
    }
    checkSame(texts(await all(store.deleteMany(cids))), texts(cids))
    checkSame((await all(store.getAll())).length, 0)
  },

  'lists all blocks by raw CIDs of version 1': async (store) => {
    const blocks = Array.from({ length: 40 }, (_, number) => numberedBlock(number))
    for (const { cid, bytes } of blocks) await store.put(CID.createV1(DAG_PB_CODE, cid.multihash), bytes)
    const listed: SampleBlock[] = []
    for await (const { cid, bytes } of store.getAll()) listed.push({ cid, bytes: await joined(bytes) })
    checkSame(texts(listed.map(({ cid }) => cid)).sort(), texts(blocks.map(({ cid }) => cid)).sort())
    for (const { cid, bytes } of listed) check(blockOf(bytes).cid.equals(cid), `wrong bytes for ${cid.toString()}`)
  }
}

/** Cases for the port; every case opens a store of its own. */
export function blockstorePortCases(open: Open<Blockstore>): BlockstoreCase[] {
  return cases(PORT_ACTS, open)
}

/** Cases for `interface-blockstore` 7; every case opens a store of its own. */
export function blockstoreCases(open: Open<InterfaceBlockstore>): BlockstoreCase[] {
  return cases(STORE_ACTS, open)
}

function cases<Store>(acts: Readonly<Record<string, Act<Store>>>, open: Open<Store>): BlockstoreCase[] {
  return Object.entries(acts).map(([name, act]) => ({
    name,
    run: async () => {
      const opened = await open()
      try {
        await act(opened.store)
      } finally {
        await opened.close()
      }
    }
  }))
}

function checkBytes(actual: Uint8Array | undefined, expected: Uint8Array | undefined): void {
  if (actual === undefined || expected === undefined) throw new Error('expected a block, but there is none')
  check(actual.byteLength === expected.byteLength, `expected ${expected.byteLength} bytes, got ${actual.byteLength}`)
  check(Buffer.compare(actual, expected) === 0, 'the bytes differ')
}

function texts(cids: readonly CID[]): string[] {
  return cids.map((cid) => cid.toString())
}

async function all<Item>(source: Iterable<Item> | AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}

async function joined(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await all(source)))
}

function read(store: InterfaceBlockstore, cid: CID): Promise<Uint8Array> {
  return joined(store.get(cid))
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += 100) yield bytes.subarray(start, start + 100)
}

async function* piecesInTime(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const piece of pieces(bytes)) yield await Promise.resolve(piece)
}
