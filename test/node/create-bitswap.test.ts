import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import { bitswap, createBitswap, type BitswapInit, type CreateBitswapInit } from '../../src/index.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { startNode } from '../network/libp2p/nodes.ts'

const blockstore = new MemoryBlockstore()

describe('an exchange that is given', () => {
  it.each([
    [{}, 'the blockstore is missing'],
    [{ blockstore: {} }, 'the blockstore has no get(), has(), put()'],
    [{ blockstore: { get: () => undefined, put: 'here' } }, 'the blockstore has no has(), put()'],
    [{ blockstore: Promise.resolve(blockstore) }, 'the blockstore is a promise: await it'],
    [{ blockstore, datastore: new Map() }, 'the datastore has no query(), batch()'],
    [{ blockstore, finder: () => [] }, 'the finder has no findProviders()']
  ])('%j says at once what is missing, in both forms', async (init, message) => {
    const libp2p = await startNode()
    const wrong = init as unknown as BitswapInit
    const refusal = expect.objectContaining({ code: 'ERR_INVALID_PARAMETERS', message }) as Error
    expect(() => createBitswap({ ...wrong, libp2p })).toThrow(refusal)
    expect(() => bitswap(wrong)).toThrow(refusal)
  })

  it.each([
    [undefined, 'the libp2p node is missing'],
    [Promise.resolve(), 'the libp2p node is a promise: await it'],
    [
      {
        ...Object.fromEntries(['handle', 'unhandle', 'register', 'unregister', 'dial'].map((name) => [name, () => 0]))
      },
      'the libp2p node has no getConnections(), addEventListener(), removeEventListener(), peerStore.get(), ' +
        'peerStore.merge(), logger.forComponent(), contentRouting.findProviders()'
    ]
  ])('%o for a libp2p node says so', (libp2p, message) => {
    expect(() => createBitswap({ libp2p, blockstore } as unknown as CreateBitswapInit)).toThrow(message)
  })

  it('what it needs takes it', async () => {
    const finder = { findProviders: async function* () {} }
    expect(
      createBitswap({ libp2p: await startNode(), blockstore, datastore: new MemoryDatastore(), finder })
    ).toBeDefined()
  })
})
