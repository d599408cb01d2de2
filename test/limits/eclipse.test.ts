import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import { createBitswap } from '../../src/node/create-bitswap.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { timeUntil } from './support/arena.ts'
import type { AttackerCalls } from './support/attacker.ts'
import { startChild } from './support/child.ts'
import { SAMPLE_BLOCKS, SAMPLE_BYTES } from './support/samples.ts'
import { report, scaled } from './support/scale.ts'
import type { VictimCalls } from './support/victim.ts'

const SYBILS = scaled(150, 1_000)
const PARTNERS = 20
/** As many as the daemon keeps at full size; few enough for the Sybils to fill them on other days. */
const ROOM = { HighWater: scaled(60, 300), LowWater: scaled(40, 200), GracePeriod: '1s', SilencePeriod: '500ms' }

/** A peer that has one block the attacked peer lacks. */
async function startPartner(to: readonly string[], index: number): Promise<Libp2p> {
  const node = await createLibp2p(libp2pDefaults())
  const blockstore = new MemoryBlockstore()
  const { cid, bytes } = numberedBlock(index, SAMPLE_BYTES)
  blockstore.writeBlock(cid, bytes)
  const bitswap = createBitswap({ libp2p: node, blockstore })
  onTestFinished(async () => {
    await bitswap.stop()
    await node.stop()
  })
  await bitswap.start()
  await node.dial(to.map((address) => multiaddr(address)))
  return node
}

it('a crowd that gives nothing drives out nobody that gave something', async () => {
  const victim = await startChild<VictimCalls>('victim', { config: { Swarm: { ConnMgr: ROOM } } })
  const attackers = await startChild<AttackerCalls>('attacker')
  const to = await victim.call('addresses')
  const partners: Libp2p[] = []
  for (let i = 0; i < PARTNERS; i++) {
    const index = SAMPLE_BLOCKS + i
    const partner = await startPartner(to, index)
    partners.push(partner)
    await victim.call('fetch', { index, from: partner.peerId.toString() })
  }
  let lost = 0
  for (const partner of partners) partner.addEventListener('peer:disconnect', () => lost++)
  const came = await attackers.call('eclipse', { to, count: SYBILS })
  const trimmed = await timeUntil(async () => (await victim.call('connectedPeers')).length <= ROOM.HighWater, 20_000)
  const connected = new Set(await victim.call('connectedPeers'))
  const names = new Set(partners.map(({ peerId }) => peerId.toString()))
  const worth = await victim.call('worth')
  const gains = (await victim.call('ledgers')).filter(({ peer }) => !names.has(peer))
  const [leastWorth] = worth.filter(({ peer }) => names.has(peer)).toSorted((a, b) => a.worth - b.worth)
  const mostOfOthers = Math.max(0, ...worth.filter(({ peer }) => !names.has(peer)).map((each) => each.worth))
  // There is room for one more that means well.
  const late = await startPartner(to, SAMPLE_BLOCKS + PARTNERS)
  await victim.call('fetch', { index: SAMPLE_BLOCKS + PARTNERS, from: late.peerId.toString() })
  report('20', { sybils: SYBILS, came, left: connected.size - PARTNERS, lost, leastWorth: leastWorth?.worth ?? 0 })
  expect(came).toBeGreaterThan(ROOM.HighWater)
  expect(trimmed).toBeDefined()
  expect([...names].filter((name) => !connected.has(name))).toEqual([])
  expect(lost).toBe(0)
  expect(leastWorth?.worth).toBeGreaterThan(0)
  expect(gains.filter(({ bytesReceived }) => bytesReceived > 0)).toEqual([])
  expect(mostOfOthers).toBe(0)
})
