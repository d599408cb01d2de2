import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { SHA2_256_CODE } from '../../hashing/hash-codes.ts'
import { cidKey, type PeerId } from '../../ids.ts'
import { createMessage, type WantEntry } from '../../message/message.ts'
import type { Timer } from '../../ports.ts'
import type { Adversary } from './adversary.ts'
import { tamperedNetwork } from './tampered-network.ts'

/** To each peer, each second: what Kubo and Boxo keep of one partner. */
const WANTS = 1_024
const EVERY_MS = 1_000
const RAW = 0x55

/** Asks everybody, time and again, for blocks that nobody has, and to be told so. Serves as others do. */
export const wantFlood: Adversary = {
  name: 'want-flood',
  about: `asks each peer for ${WANTS} blocks that nobody has, every second, and wants to be told so`,
  source: 'amplification by wants, Beyond Bitswap RFC BB-L1-02, security considerations',
  serves: true,
  corrupt: (parts, { clock }) => {
    const { network, logger } = parts
    const flood = createMessage({ wants: MADE_UP })
    /** Bounded: connected peers. */
    const timers = new Map<PeerId, Timer>()
    const pour = (peer: PeerId): void => {
      network.send(peer, flood).catch((error: unknown) => logger.debug('a flood was not sent', { error }))
      timers.set(
        peer,
        clock.setTimer(EVERY_MS, () => pour(peer))
      )
    }
    const stop = (peer: PeerId): void => {
      timers.get(peer)?.cancel()
      timers.delete(peer)
    }
    const flooding = tamperedNetwork(network, {
      connected: pour,
      disconnected: stop,
      stopped: () => [...timers.keys()].forEach(stop)
    })
    return { ...parts, network: flooding }
  }
}

const MADE_UP: readonly WantEntry[] = Array.from({ length: WANTS }, (_, number) => {
  const digest = new Uint8Array(32).fill(0xff)
  new DataView(digest.buffer).setUint32(0, number)
  const cid = CID.createV1(RAW, createDigest(SHA2_256_CODE, digest))
  return { cid, key: cidKey(cid), type: 'block', priority: 1, sendDontHave: true }
})
