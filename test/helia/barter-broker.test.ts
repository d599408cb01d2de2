import type { Libp2p } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { BarterBroker } from '../../src/helia/barter-broker.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

async function world(): Promise<{ libp2p: Libp2p; broker: BarterBroker }> {
  const libp2p = await createLibp2p({ ...libp2pDefaults({ listen: [] }), start: false })
  const routing = { findProviders: async function* () {} }
  const broker = new BarterBroker({ libp2p, blockstore: new MemoryBlockstore(), routing, logger: defaultLogger() })
  onTestFinished(async () => {
    await broker.stop()
    await libp2p.stop()
  })
  return { libp2p, broker }
}

function trades(libp2p: Libp2p): boolean {
  return libp2p.getProtocols().some((name) => name.includes('bitswap'))
}

it('stopped as soon as libp2p runs, it does not begin to trade behind the back of whoever stopped it', async () => {
  const { libp2p, broker } = await world()
  await broker.start()
  libp2p.addEventListener('start', () => void broker.stop(), { once: true })
  await libp2p.start()
  // Another one begins after it, with the same to do; so the first one would have begun by then.
  const other = await world()
  await other.libp2p.start()
  await other.broker.start()
  expect([trades(libp2p), broker.isStarted()]).toEqual([false, false])
  expect([trades(other.libp2p), other.broker.isStarted()]).toEqual([true, true])
})
