import { randomBytes } from 'node:crypto'
import { encode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { collect } from '../../../src/api/formats/collect.ts'
import type { TreeEntry } from '../../../src/api/service/peer-service.ts'
import { DagReader, type BlockSource } from '../../../src/content/dag-reader.ts'
import { listLinks, openPath } from '../../../src/node/files/read-files.ts'
import type { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { all, candidatesOf, memoryContent } from '../../support/memory-content.ts'

const { content, blockstore } = await memoryContent()

async function add(files: Readonly<Record<string, string | Uint8Array>>, chunkBytes = 262_144): Promise<string> {
  const events = await all(content.add(candidatesOf(files), { chunkBytes }))
  return events.flatMap((event) => (event.type === 'added' ? [event.cid] : [])).at(-1) ?? ''
}

async function cat(path: string, range: { offset?: number; length?: number } = {}): Promise<Buffer> {
  const { size, content: chunks } = await content.cat(path, range)
  const bytes = Buffer.from(await collect(chunks))
  expect(bytes.length).toBe(size)
  return bytes
}

async function tree(path: string): Promise<unknown[]> {
  const flat: unknown[] = []
  for await (const entry of (await content.get(path)).entries) flat.push(await flatten(entry))
  return flat
}

async function flatten(entry: TreeEntry): Promise<unknown> {
  const path = entry.path.join('/')
  if (entry.type === 'folder') return path
  if (entry.type === 'link') return [path, `-> ${entry.target}`]
  return [path, Buffer.from(await collect(entry.content)).toString()]
}

/** A folder with entries of any name, as no honest program writes it. */
async function hostileFolder(store: MemoryBlockstore, names: readonly string[]): Promise<string> {
  const target = CID.parse(await add({ file: 'x' }))
  const links = [...names].sort().map((Name) => ({ Name, Hash: target, Tsize: 1 }))
  return await putNode(store, encode({ Data: new UnixFS({ type: 'directory' }).marshal(), Links: links }))
}

async function putNode(store: MemoryBlockstore, bytes: Uint8Array): Promise<string> {
  const cid = CID.createV1(0x70, await sha256.digest(bytes))
  store.writeBlock(cid, bytes)
  return cid.toString()
}

describe('reading', () => {
  it.each([0, 1, 999, 1_000, 1_001, 174_000, 200_500])('a file of %d bytes', async (size) => {
    const bytes = randomBytes(size)
    expect(await cat(await add({ file: bytes }, 1_000))).toEqual(bytes)
  })

  it('a file larger than a window, and any part of it', async () => {
    const bytes = randomBytes(20_000_003)
    const cid = await add({ file: bytes })
    expect((await cat(cid)).equals(bytes)).toBe(true)
    const MIB = 1024 * 1024
    for (const [offset, length] of [
      [0, 1],
      [8 * MIB - 1, 2],
      [8 * MIB, 8 * MIB],
      [19_999_999, 100],
      [20_000_003, 5],
      [30_000_000, 5]
    ] as const) {
      expect((await cat(cid, { offset, length })).equals(bytes.subarray(offset, offset + length))).toBe(true)
    }
    expect((await cat(cid, { offset: 12_345_678 })).equals(bytes.subarray(12_345_678))).toBe(true)
  })

  it('a file by its path', async () => {
    const cid = await add({ 'dir/sub/a b': 'found', 'dir/c': 'other' })
    expect((await cat(`/ipfs/${cid}/sub/a b`)).toString()).toBe('found')
    await expect(content.cat(`${cid}/sub/nothing`)).rejects.toThrow('no link named "nothing" under bafy')
    await expect(content.cat(`${cid}/c/deeper`)).rejects.toThrow('no link named "deeper" under bafk')
  })

  it('a tree, every folder before what is in it', async () => {
    const cid = await add({ 'dir/': '', 'dir/a': '1', 'dir/none/': '', 'dir/sub/b': '2', 'dir/link': '-> sub/b' })
    expect(await tree(cid)).toEqual([
      cid,
      [`${cid}/a`, '1'],
      [`${cid}/link`, '-> sub/b'],
      `${cid}/none`,
      `${cid}/sub`,
      [`${cid}/sub/b`, '2']
    ])
    expect(await tree(`${cid}/sub`)).toEqual(['sub', ['sub/b', '2']])
    expect(await tree(`${cid}/a`)).toEqual([['a', '1']])
  })

  it('the list of a folder', async () => {
    const cid = await add({ 'dir/a': '12345', 'dir/sub/b': '', 'dir/link': '-> a' })
    const links = await all(content.ls(cid))
    expect(links.map(({ name, size, type, target }) => [name, size, type, target])).toEqual([
      ['a', 5, 'file', ''],
      ['link', 1, 'link', 'a'],
      ['sub', 0, 'folder', '']
    ])
    expect(await all(content.ls(`${cid}/a`))).toEqual([])
    // Only what a CID tells: nothing is read.
    const unread = await all(content.ls(cid, { resolve: false }))
    expect(unread.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'file'],
      ['link', 'unknown'],
      ['sub', 'unknown']
    ])
  })

  it('a folder as a file is refused', async () => {
    await expect(content.cat(await add({ 'dir/a': '1' }))).rejects.toThrow('this dag node is a directory')
  })

  it('a symbolic link is no file, and is got as a link', async () => {
    const cid = await add({ 'dir/a': '1', 'dir/link': '-> a' })
    await expect(content.cat(`${cid}/link`)).rejects.toThrow('this is a symbolic link to "a": read that instead')
    expect(await tree(`${cid}/link`)).toEqual([['link', '-> a']])
  })

  it('data that is no file is refused', async () => {
    const { cid } = await content.blockPut(Buffer.from([0xa0]), { codec: 'dag-cbor' })
    await expect(content.cat(cid)).rejects.toThrow('read it with dag get')
  })

  it('what is not here is not found, in the words that clients read', async () => {
    const missing = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const message = `block was not found locally (offline): ipld: could not find ${missing}`
    await expect(content.cat(missing)).rejects.toThrow(message)
    await expect(content.blockGet(missing)).rejects.toThrow(message)
  })

  it('a block that is in its CID needs no store', async () => {
    expect(Buffer.from(await content.blockGet('bafkqabtimvwgy3yk')).toString()).toBe('hello\n')
  })

  it('a file that lost a block fails, and does not end early', async () => {
    const bytes = randomBytes(10_000)
    const events = await all(content.add(candidatesOf({ file: bytes }), { chunkBytes: 1_000 }))
    const lost = CID.createV1(0x55, await sha256.digest(bytes.subarray(4_000, 5_000)))
    blockstore.delete(lost)
    const cid = events[0]?.type === 'added' ? events[0].cid : ''
    await expect(cat(cid)).rejects.toThrow(`could not find ${lost.toString()}`)
  })
})

describe('a hostile tree', () => {
  it.each(['', '.', '..', '../up', '/etc/passwd', 'a/b', 'nul\0'])(
    'with an entry named "%s" is refused',
    async (name) => {
      const cid = await hostileFolder(blockstore, ['fine', name])
      await expect(tree(cid)).rejects.toMatchObject({ code: 'ERR_UNSAFE_NAME' })
    }
  )

  it('that is very deep is refused', async () => {
    let cid = await hostileFolder(blockstore, [])
    for (let depth = 0; depth < 60; depth += 1) {
      const Links = [{ Name: 'x'.repeat(100), Hash: CID.parse(cid), Tsize: 1 }]
      cid = await putNode(blockstore, encode({ Data: new UnixFS({ type: 'directory' }).marshal(), Links }))
    }
    await expect(tree(cid)).rejects.toThrow('a path of the tree is longer than 4096 bytes')
  })

  it('whose file says it is longer than it is is refused', async () => {
    const leaf = CID.parse(await add({ file: 'short' }))
    const Data = new UnixFS({ type: 'file', blockSizes: [100n] }).marshal()
    const cid = await putNode(blockstore, encode({ Data, Links: [{ Name: '', Hash: leaf, Tsize: 5 }] }))
    await expect(collect((await content.cat(cid)).content)).rejects.toThrow()
  })
})

describe('a folder', () => {
  /** Blocks that come only when as many are asked for as will be. */
  class GatheringSource implements BlockSource {
    readonly #blocks: MemoryBlockstore
    readonly missing = new Set<string>()
    open = 0
    most = 0

    constructor(blocks: MemoryBlockstore) {
      this.#blocks = blocks
    }

    async get(cid: CID): Promise<Uint8Array> {
      this.open += 1
      await new Promise((resolve) => setImmediate(resolve))
      this.most = Math.max(this.most, this.open)
      this.open -= 1
      if (this.missing.has(cid.toString())) throw new Error(`${cid.toString()} is nowhere`)
      const bytes = this.#blocks.readBlock(cid)
      if (bytes === undefined) throw new Error(`${cid.toString()} is not stored`)
      return bytes
    }

    prefetch(): void {
      // What is asked for comes.
    }

    close(): void {
      // It stays in memory.
    }
  }

  const NAMES = Array.from({ length: 100 }, (_, index) => `file ${String(index).padStart(3, '0')}`)

  async function listed(prepare?: (source: GatheringSource, cids: ReadonlyMap<string, string>) => void) {
    const files = Object.fromEntries(NAMES.map((name) => [`dir/${name}`, name]))
    const events = await all(content.add(candidatesOf(files)))
    const added = events.flatMap((event) => (event.type === 'added' ? [[event.path, event.cid] as const] : []))
    const source = new GatheringSource(blockstore)
    prepare?.(source, new Map(added))
    const reader = new DagReader(source)
    const root = CID.parse(added.at(-1)?.[1] ?? '')
    return { source, links: listLinks(reader, await openPath(reader, { cid: root, names: [] })) }
  }

  it('is listed in order, many of its files looked at side by side, and no more than some', async () => {
    const { source, links } = await listed()
    expect((await all(links)).map(({ name, size }) => [name, size])).toEqual(NAMES.map((name) => [name, name.length]))
    expect(source.most).toBe(32)
  })

  it('is listed up to what cannot be had', async () => {
    const { links } = await listed((source, cids) => source.missing.add(cids.get('dir/file 007') ?? ''))
    const seen: string[] = []
    const reading = (async () => {
      for await (const { name } of links) seen.push(name)
    })()
    await expect(reading).rejects.toThrow('is nowhere')
    expect(seen).toEqual(NAMES.slice(0, 7))
  })
})

describe('several files', () => {
  it.each([
    [{}, 'onetwothree'],
    [{ offset: 2 }, 'etwothree'],
    [{ offset: 4, length: 4 }, 'woth'],
    [{ length: 3 }, 'one'],
    [{ offset: 100 }, '']
  ])('are read as one: %o', async (range, expected) => {
    const cids = await Promise.all(['one', 'two', 'three'].map((text) => add({ file: text })))
    const { size, content: chunks } = await content.cat(cids, range)
    expect([Buffer.from(await collect(chunks)).toString(), size]).toEqual([expected, expected.length])
  })

  it('fail together when one is none', async () => {
    const file = await add({ file: 'x' })
    await expect(content.cat([file, await add({ 'dir/a': '1' })])).rejects.toThrow('this dag node is a directory')
  })
})

describe('a block', () => {
  it('of more than 2 MiB is taken only when that is asked for', async () => {
    const bytes = randomBytes(3 * 1024 * 1024)
    await expect(content.blockPut(bytes)).rejects.toThrow('pass --allow-big-block')
    const { cid } = await content.blockPut(bytes, { allowBigBlock: true })
    expect(Buffer.from(await content.blockGet(cid))).toEqual(bytes)
    const largest = content.blockPut(randomBytes(4 * 1024 * 1024), { allowBigBlock: true })
    await expect(largest).rejects.toThrow('the most that bitswap carries')
  })
})
