import fc from 'fast-check'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import { it, expect } from 'vitest'
import { buildFile } from '../../src/content/unixfs-file.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { fileCids } from '../../src/node/service/block-cid.ts'
import { asyncProperty } from '../support/seed.ts'

const hashers = await createHashers()

it('a file has the blocks that the library of others makes of it', async () => {
  const shape = {
    bytes: fc.integer({ min: 0, max: 2_000 }),
    chunkBytes: fc.integer({ min: 1, max: 40 }),
    maxLinks: fc.integer({ min: 2, max: 6 }),
    cidVersion: fc.constantFrom(0 as const, 1 as const),
    rawLeaves: fc.boolean(),
    piece: fc.integer({ min: 1, max: 100 })
  }
  await asyncProperty(
    fc.asyncProperty(fc.record(shape), async ({ bytes, piece, ...options }) => {
      const content = Uint8Array.from({ length: bytes }, (_, i) => (i * 31) % 251)
      const ours: string[] = []
      const put = (cid: CID): Promise<void> => Promise.resolve(void ours.push(cid.toString()))
      const { cid, size } = await buildFile(
        piecesOf(content, piece),
        { cidOf: fileCids(hashers, options), put },
        options
      )
      const theirs: string[] = []
      const store = { put: (one: CID) => Promise.resolve((theirs.push(one.toString()), one)) }
      const { chunkBytes, maxLinks, cidVersion, rawLeaves } = options
      const layout = balanced({ maxChildrenPerNode: maxLinks })
      const settings = { cidVersion, rawLeaves, layout, chunker: fixedSize({ chunkSize: chunkBytes }) }
      for await (const made of importer([{ content }], store, settings)) {
        expect([cid.toString(), size]).toEqual([made.cid.toString(), Number(made.size)])
      }
      expect(new Set(ours)).toEqual(new Set(theirs))
    }),
    { numRuns: 150 }
  )
})

async function* piecesOf(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield await Promise.resolve(content.subarray(at, at + size))
}
