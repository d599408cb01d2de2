import { encode as encodeCbor } from '@ipld/dag-cbor'
import { encode as encodeJson } from '@ipld/dag-json'
import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { DAG_CBOR, DAG_JSON, DagError, DAG_PB, linksOf } from '../../src/content/dag-links.ts'
import { localSource } from '../../src/content/collector.ts'
import { walkDag } from '../../src/content/dag-walk.ts'
import { listRefs } from '../../src/content/refs.ts'
import { all } from '../support/memory-content.ts'
import { cidOf, contentWorld, leaf, node, type Made } from './content-world.ts'

const A = leaf('a')
const B = leaf('b')

function data(code: number, bytes: Uint8Array): Made {
  return { cid: cidOf(code, bytes), bytes }
}

describe('the links of a block', () => {
  it.each([
    ['dag-cbor', data(DAG_CBOR, encodeCbor({ list: [1, A.cid, { deep: B.cid }], bytes: new Uint8Array(3) }))],
    ['dag-json', data(DAG_JSON, encodeJson({ list: [1, A.cid, { deep: B.cid }], bytes: new Uint8Array(3) }))],
    ['dag-pb', node([A, B])]
  ])('of %s are found in their order', (_codec, { cid, bytes }) => {
    expect(linksOf(cid, bytes).map((link) => link.cid.toString())).toEqual([A.cid.toString(), B.cid.toString()])
  })

  it.each([
    ['nested a little too deeply', DAG_CBOR, nested(200)],
    ['nested so deeply that a decoder runs out of stack', DAG_CBOR, nested(500_000)],
    ['no dag-pb', DAG_PB, new Uint8Array([255, 1, 2])],
    ['no dag-json', DAG_JSON, new TextEncoder().encode('[[[')],
    ['of an unknown codec', 0x99, new Uint8Array(1)]
  ])('of a block that is %s cannot be told, and nothing breaks', (_what, code, bytes) => {
    expect(() => linksOf(cidOf(code, bytes), bytes)).toThrow(DagError)
  })
})

describe('a walk', () => {
  it('visits what is linked to a thousand times over once, in the order of a reader', async () => {
    const world = contentWorld()
    let top = leaf('x')
    world.memory.writeBlock(top.cid, top.bytes)
    // Sixty levels of two links to the same: 2^60 paths.
    for (let level = 0; level < 60; level++) {
      top = node([top, top])
      world.memory.writeBlock(top.cid, top.bytes)
    }
    expect(await all(walkDag(localSource(world.blocks), top.cid))).toHaveLength(61)
    expect(await all(listRefs(localSource(world.blocks), top.cid, { recursive: true, unique: true }))).toHaveLength(60)
  })

  it('gives up on a DAG whose open links would fill the memory', async () => {
    const children = Array.from({ length: 100 }, (_, i) => leaf(String(i)).cid)
    const chain = [data(DAG_CBOR, encodeCbor(children))]
    for (let level = 0; level < 12; level++) {
      const [below] = chain
      if (below !== undefined) chain.unshift(data(DAG_CBOR, encodeCbor([below.cid, level, ...children])))
    }
    const known = new Map(chain.map(({ cid, bytes }) => [cid.toString(), bytes]))
    const source = { get: (cid: CID) => Promise.resolve(known.get(cid.toString()) ?? new Uint8Array(1)) }
    const root = chain[0]?.cid ?? leaf('').cid
    expect(await all(walkDag(source, root, { maxWaiting: 1_500 }))).toHaveLength(113)
    await expect(all(walkDag(source, root, { maxWaiting: 1_000 }))).rejects.toThrow('more than 1000 links wait')
    const refs = { recursive: true, maxWaiting: 1_000 }
    await expect(all(listRefs(source, root, refs))).rejects.toThrow('more than 1000 links wait')
  })

  it('of references goes as deep as it is told', async () => {
    const world = contentWorld()
    const folder = node([A])
    const root = node([folder, B])
    for (const { cid, bytes } of [A, B, folder, root]) world.memory.writeBlock(cid, bytes)
    const names = async (options: Parameters<typeof listRefs>[2]) =>
      (await all(listRefs(localSource(world.blocks), root.cid, options))).map(({ to }) => to.toString())
    const [a, b, f] = [A, B, folder].map(({ cid }) => cid.toString())
    expect(await names({})).toEqual([f, b])
    expect(await names({ recursive: true })).toEqual([f, a, b])
    expect(await names({ recursive: true, maxDepth: 1 })).toEqual([f, b])
    expect(await names({ recursive: true, maxDepth: 0 })).toEqual([])
  })
})

/** A list in a list in a list. */
function nested(levels: number): Uint8Array {
  return new Uint8Array(levels + 1).fill(0x81, 0, levels).fill(0xf6, levels)
}
