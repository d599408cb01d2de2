import { encode } from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { LocalRouting, type LocalRoutingParts } from '../../../src/node/service/local-routing.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { cidOf, leaf, node, type Made } from '../../content/content-world.ts'
import { all } from '../../support/memory-content.ts'

const DAG_PB = 0x70
const DAG_CBOR = 0x71

function data(value: unknown): Made {
  const bytes = encode(value)
  return { cid: cidOf(DAG_CBOR, bytes), bytes }
}

/** A peer that has these blocks; `told` are the keys that routers were told of. */
function world(...made: readonly Made[]) {
  const memory = new MemoryBlockstore()
  for (const { cid, bytes } of made) memory.writeBlock(cid, bytes)
  const told: string[] = []
  const router: LocalRoutingParts['router'] = {
    canProvide: true,
    provide: (cid) => {
      told.push(cid.toString())
      return Promise.resolve([])
    },
    findPeer: () => Promise.resolve(undefined),
    findProviders: async function* () {}
  }
  const routing = new LocalRouting({
    router,
    providing: undefined,
    known: () => Promise.resolve([]),
    strategy: 'roots',
    blocks: toBlockstorePort(memory),
    connectedPeers: () => 1,
    isAlone: () => false,
    whyOff: () => undefined
  })
  return { routing, told }
}

describe('providing what is below a block', () => {
  it('tells of what is here, each once, and of nothing else', async () => {
    const [here, absent] = [leaf('here'), leaf('absent')]
    const folder = node([here, absent, here])
    const absentFolder = node([leaf('other')])
    const notes = leaf('notes')
    const known = data({ folder: folder.cid, again: folder.cid, absentFolder: absentFolder.cid, notes: notes.cid })
    const broken: Made = { cid: cidOf(DAG_PB, Buffer.from('broken')), bytes: Buffer.from('broken') }
    const root = data([known.cid, broken.cid])
    const present = [root, known, folder, here, notes, broken]
    const { routing, told } = world(...present)
    await all(routing.provide([root.cid.toString(), here.cid.toString()], { recursive: true }))
    expect(told.toSorted()).toEqual(present.map(({ cid }) => cid.toString()).toSorted())
  })

  it('tells of the block alone unless asked to, and of none that is not here', async () => {
    const child = leaf('child')
    const root = node([child])
    const { routing, told } = world(root, child)
    await all(routing.provide([root.cid.toString()]))
    expect(told).toEqual([root.cid.toString()])
    await expect(all(routing.provide([leaf('else').cid.toString()]))).rejects.toThrow('not found locally')
  })
})
