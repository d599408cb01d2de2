import { encode } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { DagReader, type BlockSource } from '../../src/content/dag-reader.ts'

const leafCid = async (index: number): Promise<CID> =>
  CID.createV1(0x55, await sha256.digest(Buffer.from(`leaf ${index}`)))

async function node(children: readonly CID[]): Promise<{ cid: CID; bytes: Uint8Array }> {
  const bytes = encode({ Links: children.map((Hash) => ({ Hash, Name: '', Tsize: 1 })) })
  return { cid: CID.createV1(0x70, await sha256.digest(bytes)), bytes }
}

/** Answers at once; writes down what it was asked, and what was asked for ahead. */
class Source implements BlockSource {
  readonly nodes = new Map<string, Uint8Array>()
  readonly read: string[] = []
  readonly ahead: string[] = []
  closed = false

  async get(cid: CID): Promise<Uint8Array> {
    this.read.push(cid.toString())
    return await Promise.resolve(this.nodes.get(cid.toString()) ?? Buffer.from(cid.toString()))
  }

  prefetch(cids: Iterable<CID>): void {
    this.ahead.push(...[...cids].map(String))
  }

  close(): void {
    this.closed = true
  }
}

async function twoLevels(source: Source, width: number, leaves: number): Promise<{ root: CID; leaves: CID[] }> {
  const all = await Promise.all(Array.from({ length: width * leaves }, (_, index) => leafCid(index)))
  const inner = await Promise.all(
    Array.from({ length: width }, (_, index) => node(all.slice(index * leaves, (index + 1) * leaves)))
  )
  const root = await node(inner.map(({ cid }) => cid))
  for (const { cid, bytes } of [root, ...inner]) source.nodes.set(cid.toString(), bytes)
  return { root: root.cid, leaves: all }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('reading ahead', () => {
  it('asks for all that a small tree has, in the order of a reader', async () => {
    const source = new Source()
    const { root, leaves } = await twoLevels(source, 3, 10)
    new DagReader(source).readAhead(root)
    await settle()
    const asked = source.ahead.filter((cid) => !source.nodes.has(cid))
    expect(asked).toEqual(leaves.map(String))
    expect(new Set(source.ahead).size).toBe(source.ahead.length)
  })

  it('stays within its bound until the reader follows, and goes on then', async () => {
    const source = new Source()
    const { root, leaves } = await twoLevels(source, 20, 100)
    const reader = new DagReader(source)
    reader.readAhead(root)
    await settle()
    const before = source.ahead.length
    expect(before).toBeGreaterThanOrEqual(256)
    expect(before).toBeLessThanOrEqual(256 + 64 + 2)
    for (const leaf of leaves.slice(0, 200)) await reader.read(leaf)
    await settle()
    expect(source.ahead.length).toBeGreaterThan(before + 150)
    expect(source.ahead.length).toBeLessThanOrEqual(before + 200 + 64)
  })

  it('stays within it though the reader comes back to nodes, as it does with each window of a file', async () => {
    const source = new Source()
    const { root, leaves } = await twoLevels(source, 40, 100)
    const inner = [...source.nodes.keys()].slice(1).map((text) => CID.parse(text))
    const reader = new DagReader(source)
    reader.readAhead(root)
    for (let start = 0; start < 3_200; start += 32) {
      const above = inner[Math.floor(start / 100)]
      if (above === undefined) throw new Error('there are 40 of them')
      for (const cid of [root, above, ...leaves.slice(start, start + 32)]) await reader.read(cid)
    }
    await settle()
    const asked = source.ahead.filter((cid) => !source.nodes.has(cid)).length
    expect(asked - 3_200).toBeGreaterThan(128)
    expect(asked - 3_200).toBeLessThanOrEqual(256 + 64)
  })

  it('keeps count of a reader that is faster', async () => {
    const source = new Source()
    const { root, leaves } = await twoLevels(source, 20, 100)
    const reader = new DagReader(source)
    reader.readAhead(root)
    for (const leaf of leaves.slice(0, 200)) void reader.read(leaf)
    await settle()
    // The reader has 200 of them already.
    expect(source.ahead.length).toBeGreaterThanOrEqual(200 + 256)
    expect(source.ahead.length).toBeLessThanOrEqual(200 + 256 + 64 + 4)
  })

  it('walks a tree without end that a few nodes make but once, while the reader rests', async () => {
    const source = new Source()
    let at = await leafCid(1)
    for (let level = 0; level < 5; level += 1) {
      const above = await node(Array.from({ length: 100 }, () => at))
      source.nodes.set(above.cid.toString(), above.bytes)
      at = above.cid
    }
    new DagReader(source).readAhead(at)
    for (let turn = 0; turn < 10; turn += 1) await settle()
    expect(source.read).toHaveLength(5)
  })

  it('knows a bounded number of nodes again', async () => {
    const source = new Source()
    const few = await node([await leafCid(-1)])
    source.nodes.set(few.cid.toString(), few.bytes)
    const others = await Promise.all(
      Array.from({ length: 4_096 }, async (_, index) => await node([await leafCid(index)]))
    )
    for (const { cid, bytes } of others) source.nodes.set(cid.toString(), bytes)
    const root = await node([few.cid, ...others.map(({ cid }) => cid), few.cid])
    source.nodes.set(root.cid.toString(), root.bytes)
    const reader = new DagReader(source)
    reader.readAhead(root.cid)
    await reader.read(root.cid)
    for (const [index, { cid }] of [few, ...others].entries()) {
      await reader.read(cid)
      await reader.read(await leafCid(index - 1))
      if (index % 64 === 0) await settle()
    }
    await settle()
    // Once by the reader, and by the walk at both places.
    expect(source.read.filter((cid) => cid === few.cid.toString())).toHaveLength(3)
  })

  it('stops when it is closed', async () => {
    const source = new Source()
    const { root } = await twoLevels(source, 20, 100)
    const reader = new DagReader(source)
    reader.readAhead(root)
    await settle()
    const before = source.ahead.length
    reader.close()
    await settle()
    expect(source.closed).toBe(true)
    expect(source.ahead.length).toBe(before)
  })

  it('leaves a damaged node to the reader', async () => {
    const source = new Source()
    const root = await node([await leafCid(1)])
    source.nodes.set(root.cid.toString(), Buffer.from('not a node'))
    const reader = new DagReader(source)
    reader.readAhead(root.cid)
    await settle()
    expect(Buffer.from(await reader.read(root.cid)).toString()).toBe('not a node')
  })
})

describe('guarded content', () => {
  /** Content whose second block cannot be read: the failure is in a task that nobody awaits. */
  async function* broken(reader: DagReader, cids: readonly CID[]): AsyncGenerator<Uint8Array> {
    for (const cid of cids) yield* reader.get(cid)
  }

  it('fails for each who reads it, and is forgotten with them', async () => {
    const source = new Source()
    const [good, bad] = await Promise.all([leafCid(1), leafCid(2)])
    source.get = async (cid) => {
      if (cid.equals(bad)) throw new Error('it cannot be read')
      return await Promise.resolve(Buffer.from(cid.toString()))
    }
    const reader = new DagReader(source)
    const readers = Array.from({ length: 5 }, () => reader.guard(broken(reader, [good, bad])))
    for (const one of readers) expect((await one.next()).value).toEqual(Buffer.from(good.toString()))
    const ends = readers.map((one) => expect(one.next()).rejects.toThrow('it cannot be read'))
    await Promise.all(ends)
    const left = reader.guard(broken(reader, [good, bad]))
    await left.next()
    await left.return(undefined)
    // Nobody is guarded any more: who asks is told.
    await expect(reader.get(bad).next()).rejects.toThrow('it cannot be read')
  })
})

describe('reading', () => {
  it('keeps the last few blocks at hand, and no more', async () => {
    const source = new Source()
    const reader = new DagReader(source)
    const cids = await Promise.all(Array.from({ length: 9 }, (_, index) => leafCid(index)))
    for (const cid of cids) await reader.read(cid)
    const [oldest, second] = cids
    if (oldest === undefined || second === undefined) throw new Error('there are nine')
    await reader.read(second)
    expect(source.read).toHaveLength(9)
    await reader.read(oldest)
    expect(source.read).toHaveLength(10)
  })
})
