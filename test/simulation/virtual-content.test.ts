import { decode, prepare, encode } from '@ipld/dag-pb'
import { importer } from 'ipfs-unixfs-importer'
import { balanced } from 'ipfs-unixfs-importer/layout'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { matches } from '../../src/hashing/verify-block.ts'
import { cidKey } from '../../src/ids.ts'
import { contentBytes } from '../../src/simulation/content-bytes.ts'
import { createFile, createList, type FileShape, type VirtualFile } from '../../src/simulation/virtual-content.ts'
import { virtualHashers } from '../../src/simulation/virtual-hashers.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

const MIB = 1024 * 1024

function sizes(file: VirtualFile): number[][] {
  return file.levels.map((level) => level.map(({ bytes }) => bytes.byteLength))
}

/** The same file, made by the library. */
async function imported(shape: FileShape): Promise<{ root: CID; sizes: Map<string, number> }> {
  const { bytes, chunk = 262_144, links = 174, rawLeaves = false, index = 0 } = shape
  const content = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes; at += chunk) yield contentBytes(index, at / chunk, Math.min(chunk, bytes - at))
  }
  const store = new MemoryBlockstore()
  const written = new Map<string, number>()
  const recording = {
    put: (cid: CID, block: Uint8Array): CID => {
      written.set(cid.toString(), block.byteLength)
      store.writeBlock(cid, block)
      return cid
    }
  }
  const options = {
    cidVersion: 1 as const,
    rawLeaves,
    leafType: 'file' as const,
    chunker: fixedSize({ chunkSize: chunk }),
    layout: balanced({ maxChildrenPerNode: links }),
    wrapWithDirectory: false
  }
  let root: CID | undefined
  for await (const entry of importer([{ content: content() }], recording, options)) root = entry.cid
  if (root === undefined) throw new Error('nothing was imported')
  return { root, sizes: written }
}

describe('a virtual file', () => {
  it('has the sizes of the published run of 4 MiB', () => {
    const file = createFile({ bytes: 4 * MIB })
    expect(sizes(file)).toEqual([[809], new Array<number>(16).fill(262_158)])
    expect([file.blocks.length, file.blockBytes]).toEqual([17, 4_195_337])
    expect(file.blocks[0]?.links).toEqual(file.levels[1]?.map(({ cid }) => cid))
  })

  it.each<FileShape>([
    { bytes: 4 * MIB },
    { bytes: 1_000_001, chunk: 262_144 },
    { bytes: 100, chunk: 262_144 },
    { bytes: 50_000, chunk: 100, rawLeaves: true },
    { bytes: 400_000, chunk: 1_000, links: 7 },
    { bytes: 174 * 200, chunk: 200, rawLeaves: true },
    { bytes: 175 * 200, chunk: 200 },
    { bytes: 1_000, chunk: 1, rawLeaves: true, index: 3 }
  ])('is, with real bytes, what the library makes: %o', async (shape) => {
    const expected = await imported(shape)
    const real = createFile({ ...shape, realBytes: true })
    expect(real.root.toString()).toBe(expected.root.toString())
    const made = new Map(real.blocks.map(({ cid, bytes }) => [cid.toString(), bytes.byteLength]))
    expect(made).toEqual(expected.sizes)
    expect(sizes(createFile(shape))).toEqual(sizes(real))
  })

  it('has blocks that hash to their CIDs, virtually and really', async () => {
    const real = await createHashers()
    for (const realBytes of [false, true]) {
      for (const { cid, bytes } of createFile({ bytes: MIB, chunk: 10_000, realBytes }).blocks) {
        expect(matches(virtualHashers({ realBytes }), cid, bytes)).toBe(true)
        expect(matches(real, cid, bytes)).toBe(realBytes)
      }
    }
  })

  it('names children in the bytes of parents', () => {
    const file = createFile({ bytes: 100_000, chunk: 1_000, links: 5 })
    for (const { bytes, links } of file.levels.slice(0, -1).flat()) {
      const node = decode(bytes)
      expect(node.Links.map((link) => link.Hash.toString())).toEqual(links.map(String))
      expect(encode(prepare(node))).toEqual(bytes)
    }
  })

  it('is a list of leaves when flat', () => {
    const file = createFile({ bytes: 2_500, chunk: 1_000, layout: 'flat', rawLeaves: true })
    expect([sizes(file), file.root]).toEqual([[[1_000, 1_000, 500]], file.blocks[0]?.cid])
    expect(sizes(createList({ sizes: [800, 8_000, 8_000] }))).toEqual([[800, 8_000, 8_000]])
  })

  it('is distinct from all others', () => {
    const keys = new Set<string>()
    for (let index = 0; index < 300; index++) {
      for (const { cid } of createFile({ bytes: 60_000, chunk: 1_000, index }).blocks) keys.add(cidKey(cid))
    }
    expect(keys.size).toBe(300 * 61)
  })

  it('refuses shapes that make no sense', () => {
    for (const shape of [{ bytes: -1 }, { bytes: 1.5 }, { bytes: 1, chunk: 0 }, { bytes: 1, links: 1 }]) {
      expect(() => createFile(shape)).toThrow(/is -?[\d.]+: expected a whole number/)
    }
    expect(() => createFile({ bytes: 10, index: 6_500_000 })).toThrow('block 0 of file 6500000')
    expect(() => createFile({ bytes: 5 * MIB, chunk: 5 * MIB, rawLeaves: true })).toThrow('a block of 5242880 bytes')
    expect(() => createList({ sizes: [] })).toThrow('sizes is empty')
  })
})

describe('virtual hashers', () => {
  const hashers = virtualHashers()

  it('tell length, head and tail apart, and know sha2-256 alone', async () => {
    await hashers.load()
    const bytes = contentBytes(0, 0, 5_000)
    const changed = (at: number): Uint8Array =>
      Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte))
    const texts = [bytes, bytes.subarray(0, 4_999), changed(0), changed(63), changed(4_936), changed(4_999)]
    expect(new Set(texts.map((each) => hashers.digestText(0x12, each))).size).toBe(texts.length)
    expect(hashers.digestText(0x12, bytes)).toBe(Buffer.from(hashers.digest(0x12, bytes)).toString('latin1'))
    expect([hashers.has(0x12), hashers.has(0x13)]).toEqual([true, false])
    for (const each of [hashers, virtualHashers({ realBytes: true })]) {
      expect(() => each.digest(0x13, bytes)).toThrow('hash function 0x13')
    }
  })

  it('give the same for a copy at another place in memory', () => {
    const bytes = contentBytes(7, 3, 100)
    const shifted = new Uint8Array(103)
    shifted.set(bytes, 3)
    expect(hashers.digestText(0x12, shifted.subarray(3))).toBe(hashers.digestText(0x12, bytes))
  })

  it('give what they gave on every other machine', () => {
    expect(Buffer.from(hashers.digest(0x12, contentBytes(1, 2, 300))).toString('hex')).toBe(
      'd8ccac228155ef722fbc0d2ddebbf46c78d5e54f44bbe974d3b58e68decde9b1'
    )
  })
})
