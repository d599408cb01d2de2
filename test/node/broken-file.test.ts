import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { decode } from '@ipld/dag-pb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect } from '../../src/api/formats/collect.ts'
import { all, candidatesOf, memoryContent } from '../support/memory-content.ts'

const { content, blockstore } = await memoryContent()

/** A file of several levels: 1,000 blocks in nodes of 174 links. */
const root = await (async () => {
  const events = await all(content.add(candidatesOf({ file: randomBytes(1_000_000) }), { chunkBytes: 1_000 }))
  return CID.parse(events.flatMap((event) => (event.type === 'added' ? [event.cid] : [])).at(-1) ?? '')
})()

function linksOf(cid: CID): CID[] {
  return decode(blockstore.readBlock(cid) ?? new Uint8Array()).Links.map(({ Hash }) => Hash)
}

/** Rejections that nobody dealt with: one of them ends a daemon. */
let unhandled: unknown[] = []
const note = (reason: unknown): number => unhandled.push(reason)

beforeEach(() => {
  unhandled = []
  process.on('unhandledRejection', note)
})

afterEach(() => {
  process.off('unhandledRejection', note)
})

/** Rejections are told of after the microtasks of a turn. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a file of several levels', () => {
  it.each([
    ['a leaf', 3],
    ['a node', 0]
  ])('fails with what is missing when %s is, and nothing else does', async (_what, level) => {
    const nodes = linksOf(root)
    const inner = nodes[2]
    const lost = level === 0 ? inner : inner && linksOf(inner)[level]
    if (lost === undefined) throw new Error('the file has too few levels')
    const kept = blockstore.readBlock(lost) ?? new Uint8Array()
    blockstore.delete(lost)
    try {
      const { content: chunks } = await content.cat(root.toString())
      await expect(collect(chunks)).rejects.toMatchObject({ name: 'NotFoundError' })
    } finally {
      blockstore.writeBlock(lost, kept)
    }
    await turns(20)
    expect(unhandled).toEqual([])
  })

  it('may be left in the middle', async () => {
    for (let i = 0; i < 20; i++) {
      const abort = new AbortController()
      const { content: chunks } = await content.cat(root.toString(), { signal: abort.signal })
      const reading = (async () => {
        let taken = 0
        for await (const chunk of chunks) if ((taken += chunk.byteLength) > i * 3_000) break
      })()
      if (i % 2 === 0) abort.abort(new Error('the caller hung up'))
      await reading.catch(() => undefined)
      abort.abort(new Error('the caller hung up'))
      await turns(5)
    }
    expect(unhandled).toEqual([])
  })
})
