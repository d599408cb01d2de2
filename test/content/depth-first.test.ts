import type { CID } from 'multiformats/cid'
import { base32 } from 'multiformats/bases/base32'
import { describe, expect, it } from 'vitest'
import { DagReader } from '../../src/content/dag-reader.ts'
import { walkDag } from '../../src/content/dag-walk.ts'
import { listRefs } from '../../src/content/refs.ts'
import { walkScope } from '../../src/gateway/walk-scope.ts'
import { all } from '../support/memory-content.ts'
import { leaf, node, type Made } from './content-world.ts'

/** Blocks that are overwritten when the next is asked for: who still looks at one sees nothing of use. */
class FleetingBlocks {
  readonly asked: string[] = []
  readonly #known: ReadonlyMap<string, Uint8Array>
  #last = new Uint8Array(0)

  constructor(blocks: readonly Made[]) {
    this.#known = new Map(blocks.map(({ cid, bytes }) => [nameOf(cid), bytes]))
  }

  get = async (cid: CID): Promise<Uint8Array> => {
    this.#last.fill(0)
    const bytes = this.#known.get(nameOf(cid))
    if (bytes === undefined) throw new Error(`nobody linked to ${nameOf(cid)}`)
    this.asked.push(nameOf(cid))
    this.#last = bytes.slice()
    return await Promise.resolve(this.#last)
  }

  prefetch = (): void => undefined
  close = (): void => undefined
}

/** By what a decoder may give as a view. */
function nameOf({ multihash }: CID): string {
  return base32.encode(multihash.digest)
}

/** With a CID of version 0, whose bytes are such a view. */
function old({ cid, bytes }: Made): Made {
  return { cid: cid.toV0(), bytes }
}

const LEAVES = ['a', 'b', 'c', 'd'].map(leaf)
const LEFT = node(LEAVES.slice(0, 2))
const RIGHT = old(node(LEAVES.slice(2)))
const ROOT = node([LEFT, RIGHT])
const BLOCKS = [ROOT, LEFT, ...LEAVES.slice(0, 2), RIGHT, ...LEAVES.slice(2)]
const NODES = [ROOT, LEFT, RIGHT]

describe('what waits for its turn keeps no block', () => {
  it.each<[string, readonly Made[], (source: FleetingBlocks) => Promise<unknown>]>([
    ['of a walk over each block', BLOCKS, (source) => all(walkDag(source, ROOT.cid, { ahead: 0 }))],
    ['of references', BLOCKS, (source) => all(listRefs(source, ROOT.cid, { recursive: true }))],
    [
      'of an answer of the gateway',
      BLOCKS,
      (source) => {
        const blocks = { read: source.get, prefetch: source.prefetch }
        return all(walkScope(blocks, { cid: ROOT.cid, span: undefined }, { scope: 'all', seen: undefined }))
      }
    ],
    [
      'of reading ahead, which reads nodes alone',
      NODES,
      async (source) => {
        new DagReader(source).readAhead(ROOT.cid)
        for (let turn = 0; turn < 100; turn++) await Promise.resolve()
      }
    ]
  ])('%s', async (_what, expected, walk) => {
    const source = new FleetingBlocks(BLOCKS)
    await walk(source)
    expect(source.asked).toEqual(expected.map(({ cid }) => nameOf(cid)))
  })
})
