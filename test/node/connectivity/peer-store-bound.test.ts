import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PeerStoreBound } from '../../../src/node/connectivity/peer-store-bound.ts'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const LIMITS = { maxPeers: 20, maxAddresses: 4, periodMs: 600_000 }

async function world(kept: readonly string[] = []) {
  const libp2p = await createLibp2p(libp2pDefaults())
  onTestFinished(() => libp2p.stop())
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const bound = new PeerStoreBound({ libp2p, clock, logger, limits: LIMITS, isKept: (peer) => kept.includes(peer) })
  const meet = async (addresses = 1) => {
    const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    const multiaddrs = Array.from({ length: addresses }, (_, index) => multiaddr(`/ip4/192.0.2.1/tcp/${index + 1}`))
    await libp2p.peerStore.merge(id, { multiaddrs })
    return id.toString()
  }
  const known = async (): Promise<string[]> => (await libp2p.peerStore.all()).map(({ id }) => id.toString())
  return { libp2p, clock, logger, bound, meet, known }
}

describe('the peer store', () => {
  it('forgets, beyond its bound, who cannot be dialled, then who was not heard of for longest', async () => {
    const kept: string[] = []
    const { bound, meet, known, logger } = await world(kept)
    const silent = await meet(0)
    const friend = await meet()
    kept.push(friend)
    // Each is met at least a millisecond after the one before: the store tells times apart no better.
    const met: string[] = []
    for (let index = 0; index < 25; index++) {
      const before = Date.now()
      while (Date.now() === before);
      met.push(await meet())
    }
    await bound.look()
    const left = new Set(await known())
    expect(left.has(silent)).toBe(false)
    expect(left.has(friend)).toBe(true)
    expect(met.filter((peer) => left.has(peer))).toEqual(met.slice(5))
    expect(logger.messages('warn')).toEqual([])
    await bound.stop()
  })

  it('keeps few addresses of one peer', async () => {
    const { bound, libp2p, meet } = await world()
    await meet(50)
    await bound.look()
    const [peer] = await libp2p.peerStore.all()
    expect(peer?.addresses).toHaveLength(4)
    await bound.stop()
  })

  it('is looked through at the start, when many were added, and from time to time', async () => {
    const { bound, clock, meet, known } = await world()
    for (let index = 0; index < 22; index++) await meet()
    bound.start()
    await expect.poll(async () => (await known()).length).toBe(20)
    // A quarter of the bound, and one.
    for (let index = 0; index < 6; index++) await meet()
    await expect.poll(async () => (await known()).length).toBe(20)
    for (let index = 0; index < 3; index++) await meet()
    expect(await known()).toHaveLength(23)
    await expect.poll(() => clock.timers).toBe(1)
    clock.advance(600_000)
    await expect.poll(async () => (await known()).length).toBe(20)
    await bound.stop()
    expect(clock.timers).toBe(0)
  })
})
